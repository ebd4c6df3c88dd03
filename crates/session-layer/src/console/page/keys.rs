use std::time::SystemTime;

use maud::{Markup, html};

use super::time::ago;

/// How old the keys of remote issuers are.
pub(super) fn keys(keys: &[(String, SystemTime)], now: SystemTime) -> Markup {
    html! {
        section aria-labelledby="keys-title" {
            h2 id="keys-title" { "Keys of issuers" }
            dl.facts.live id="keys" {
                @for (issuer, fetched) in keys {
                    div { dt { (issuer) } dd { "fetched " (ago(*fetched, now)) } }
                }
            }
        }
    }
}
