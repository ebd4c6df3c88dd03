use std::time::SystemTime;

use maud::{Markup, html};

use super::layout::Page;
use super::time::{ago, time, time_text};
use crate::Device;

/// What a search has found.
pub(in crate::console) struct Found<'a> {
    /// Whose sessions were asked for; empty for nobody's.
    pub(in crate::console) user: &'a str,
    pub(in crate::console) devices: Vec<Device>,
    /// How many sessions were ended by the form before.
    pub(in crate::console) ended: Option<u32>,
    pub(in crate::console) now: SystemTime,
}

/// The form to search with, and what it has found.
pub(in crate::console) fn sessions(found: &Found<'_>) -> Page {
    let content = html! {
        form.search method="get" action="sessions" role="search" {
            label for="user" { "User" }
            input id="user" name="user" type="search" value=(found.user) maxlength="255"
                autocomplete="off" autocapitalize="none" spellcheck="false" required;
            button { "Find sessions" }
        }
        @if let Some(ended) = found.ended {
            p.message role="status" { (told(ended)) }
        }
        @if !found.user.is_empty() { (of_user(found)) }
    };
    Page::new("Sessions", content)
}

fn told(ended: u32) -> String {
    match ended {
        0 => "Nothing was ended: that session is gone.".to_owned(),
        1 => "One session was ended.".to_owned(),
        many => format!("{many} sessions were ended."),
    }
}

fn of_user(Found { user, devices, now, .. }: &Found<'_>) -> Markup {
    html! {
        section aria-labelledby="found-title" {
            h2 id="found-title" { "Live sessions of " (user) ": " (devices.len()) }
            @if devices.is_empty() {
                p { "There is none." }
            } @else {
                ul.cards { @for device in devices { (card(user, device, *now)) } }
                form.all method="post" action="end-sessions" {
                    input type="hidden" name="user" value=(user);
                    button.danger { "End all sessions of " (user) }
                }
            }
        }
    }
}

fn card(user: &str, device: &Device, now: SystemTime) -> Markup {
    let label = device.label.as_deref().unwrap_or("unknown device");
    html! {
        li.card {
            h3 { (label) }
            dl.facts {
                div { dt { "Logged in" } dd { (time(device.created)) } }
                div { dt { "Last seen" } dd { (ago(device.last_seen, now)) } }
                div { dt { "Ends, unless it is seen" } dd { (time(device.expires)) } }
            }
            form method="post" action="end-session" {
                input type="hidden" name="user" value=(user);
                input type="hidden" name="handle" value=(device.handle);
                button.danger aria-label={ "End the session on " (label) " since " (time_text(device.created)) } {
                    "End this session"
                }
            }
        }
    }
}
