use maud::{Markup, html};
use session_layer::Device;

use super::Page;
use crate::devices::time;

/// Where the user is logged in, with a way to log each out.
pub(crate) fn devices(devices: &[Device]) -> Page {
    let content = html! {
        table {
            tr { th { "Device" } th { "Logged in" } th { "Last seen" } th {} }
            @for device in devices { (row(device)) }
        }
        form method="post" action="/logout" {
            button name="everywhere" value="true" { "Log out everywhere" }
        }
    };
    Page::new("Devices", content)
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
