use guard_layer::{Decision, GuardEventKind, Limit, Reason};
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::time::time;
use crate::console::feed::Happening;

/// What the guard of this instance has noticed, the latest first. The script adds to it.
pub(super) fn events(events: &[Happening]) -> Markup {
    let latest = events.iter().map(|event| event.number).max().unwrap_or_default();
    html! {
        section aria-labelledby="events-title" {
            h2 id="events-title" { "Events of the guard of this instance" }
            p.note id="no-events" hidden[!events.is_empty()] { "None so far." }
            div role="log" aria-labelledby="events-title" {
                ol.events id="events" data-latest=(latest) {
                    @for happening in events.iter().rev() { (event(happening)) }
                }
            }
        }
    }
}

/// One of them.
pub(in crate::console) fn event(happening: &Happening) -> Markup {
    let Happening { at, session, user, kind, .. } = happening;
    html! {
        li {
            p {
                (time(*at)) " " strong { (kind.as_str()) } " "
                a href={ "sessions?user=" (utf8_percent_encode(user, NON_ALPHANUMERIC)) } {
                    (plain(user))
                }
                @if let Some(session) = session { " session " code { (session) } }
            }
            p.note { (details(kind)) }
        }
    }
}

fn details(kind: &GuardEventKind) -> Markup {
    html! {
        @match kind {
            GuardEventKind::Judged { policy, decision, would, score, reasons } => {
                (plain(policy)) ": " (done(*decision))
                @if would != decision { " (dry run; would be " (done(*would)) ")" }
                ", score " (score) ": "
                (reasons.iter().map(reason).collect::<Vec<_>>().join(", "))
            }
            GuardEventKind::Expired { limit, decision } => {
                @match limit {
                    Limit::Idle => "not used for too long",
                    Limit::Age => "too long since a login",
                    _ => "over a limit",
                }
                ": " (done(*decision))
            }
            GuardEventKind::Failed { purpose, left } => {
                (plain(purpose)) ", tries left: " (left)
            }
            GuardEventKind::Dead { purpose } => { (plain(purpose)) ", tried too often" }
            GuardEventKind::Met { purpose, factor } => {
                (plain(purpose)) ", by " (plain(factor))
            }
            _ => {}
        }
    }
}

fn done(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allowed",
        Decision::Challenge => "challenged",
        Decision::End { others: false } => "session ended",
        Decision::End { others: true } => "all sessions ended",
    }
}

fn reason(reason: &Reason) -> String {
    format!("{} {} ({})", word(&reason.signal), word(&reason.degree), reason.points)
}

/// As it is called in logs.
fn word(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    let word = word.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    word.replace('_', " ")
}

/// On one line, as a server-sent event has to be.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn written(user: &str, kind: GuardEventKind) -> String {
        let (user, at) = (user.to_owned(), SystemTime::UNIX_EPOCH);
        event(&Happening { number: 1, at, session: None, user, kind }).into_string()
    }

    #[test]
    fn an_event_has_its_reasons() {
        let reasons = r#"[{"signal":"user_agent","degree":"stark","points":40}]"#;
        let text = written(
            "alice",
            GuardEventKind::Judged {
                policy: "balanced".into(),
                decision: Decision::Challenge,
                would: Decision::Challenge,
                score: 40,
                reasons: serde_json::from_str(reasons).unwrap(),
            },
        );
        assert!(text.contains("balanced: challenged, score 40: user agent stark (40)"), "{text}");
    }

    #[test]
    fn an_event_is_one_line_of_harmless_text() {
        let text =
            written("<b>\r\nid: 9", GuardEventKind::Failed { purpose: "<i>".into(), left: 4 });
        assert!(!text.contains(char::is_control), "{text:?}");
        assert!(!text.contains("<b>") && !text.contains("<i>"), "{text}");
    }
}
