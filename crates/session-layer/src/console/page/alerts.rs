use maud::{Markup, html};

use crate::console::alert::{Alert, State};

/// The four alerts, and what to do about those that fire.
pub(super) fn alerts(alerts: &[Alert]) -> Markup {
    html! {
        section aria-labelledby="alerts-title" {
            h2 id="alerts-title" { "Alerts" }
            ul.cards.live id="alerts" { @for alert in alerts { (card(alert)) } }
        }
    }
}

fn card(alert: &Alert) -> Markup {
    html! {
        li.card.alert.(alert.state.word()) {
            h3 { (alert.name) }
            p { strong.state { (alert.state.word()) } " " (alert.unit.write(alert.value)) }
            p.note { "Fires if " (alert.rule) "." }
            @if alert.state == State::Firing { p { (alert.advice) } }
        }
    }
}
