use std::time::SystemTime;

use maud::{Markup, html};

use super::time::{ago, time};
use crate::console::node::{Report, Reported, StoreReport};

/// The instances that report through the store, and how each finds its stores.
pub(super) fn nodes(nodes: Option<&[Reported]>, now: SystemTime) -> Markup {
    html! {
        section aria-labelledby="nodes-title" {
            h2 id="nodes-title" { "Nodes" }
            div.live id="nodes" {
                @match nodes {
                    None => p { "The store can't be asked, so that nobody knows of the others." },
                    Some([]) => p { "No instance reports." },
                    Some(nodes) => ul.cards { @for node in nodes { (card(node, now)) } },
                }
            }
        }
    }
}

fn card(Reported { report, seen }: &Reported, now: SystemTime) -> Markup {
    let Report { name, version, started, status, stores } = report;
    html! {
        li.card.node {
            h3 { (name) }
            p { strong.state.(state(status)) { (status) } " " (ago(*seen, now)) }
            dl.facts {
                div { dt { "Version" } dd { (version) } }
                div { dt { "Started" } dd { (time(*started)) } }
                @for store in stores { (fact(store)) }
            }
        }
    }
}

fn fact(store: &StoreReport) -> Markup {
    html! {
        div {
            dt { (store.store) @if let Some(role) = &store.role { ", " (role) } }
            dd {
                (store.status)
                @if let Some(error) = &store.error { ": " (error) }
                @if let Some(breaker) = &store.breaker { "; breaker " (breaker) }
                @if let Some(level) = &store.replication {
                    "; replicas "
                    @match level.reached { Some(reached) => (reached), None => "none yet" }
                    " of " (level.asked)
                }
                @if let Some(told) = &store.near_cache { "; near cache " (told) }
            }
        }
    }
}

/// Not all words are classes.
fn state(status: &str) -> &'static str {
    match status {
        "up" => "quiet",
        "degraded" => "unknown",
        _ => "firing",
    }
}
