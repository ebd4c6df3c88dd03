use maud::html;

use super::Page;

/// The form to log in with, and why it is there, unless it was asked for.
pub(crate) fn login(reason: Option<&str>) -> Page {
    let content = html! {
        @if let Some(reason) = reason {
            p.refused role="alert" { (reason) }
        }
        form method="post" action="/login" {
            label { "User name" input name="username" autocomplete="username" required; }
            label {
                "Password"
                input name="password" type="password" autocomplete="current-password" required;
            }
            label.switch { input name="remember" type="checkbox" value="true"; "Remember me" }
            button { "Log in" }
        }
    };
    Page::new("Log in", content)
}
