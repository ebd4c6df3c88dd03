use maud::{Markup, html};
use session_layer::Device;

use super::Page;
use crate::devices::time;
use crate::security_log::Entry;

/// Where the user is logged in, with a way to log each out, and what befell these and earlier
/// sessions, if that is known.
pub(crate) fn devices(devices: &[Device], incidents: Option<&[Entry]>) -> Page {
    let content = html! {
        table {
            tr { th { "Device" } th { "Logged in" } th { "Last seen" } th {} }
            @for device in devices { (row(device)) }
        }
        form method="post" action="/logout" {
            button name="everywhere" value="true" { "Log out everywhere" }
        }
        h2 { "What happened in the last 30 days" }
        @match incidents {
            None => p { "This can't be shown at the moment." },
            Some([]) => p { "Nothing." },
            Some(incidents) => ul { @for entry in incidents { (told(entry)) } },
        }
    };
    Page::new("Devices", content)
}

fn told(entry: &Entry) -> Markup {
    let (at, incident) = (time(entry.at()), &entry.incident);
    html! { li { (incident.what()) " on " (at) " because " (incident.why()) "." } }
}

fn row(device: &Device) -> Markup {
    html! {
        tr {
            td {
                (device.label.as_deref().unwrap_or("unknown"))
                @if device.current { " " em { "this one" } }
            }
            td { (time(device.created)) }
            td { (time(device.last_seen)) }
            td {
                form method="post" action={ "/devices/" (device.handle) "/logout" } {
                    button { "Log out" }
                }
            }
        }
    }
}
