use maud::html;

use super::Page;

/// Asks for the password once more: because somebody else may be using the session, or because what
/// the user is about to do needs it. With how often that may still be tried, after it was wrong. The
/// name is for password managers, which fill in the password of that user.
pub(crate) fn reauth(user: &str, suspected: bool, left: Option<u8>) -> Page {
    let content = html! {
        @if let Some(left) = left {
            p.refused role="alert" { "The password is wrong. Tries left: " (left) }
        }
        p {
            @if suspected {
                "This looks like another device than the one that you logged in with."
            } @else {
                "This needs your password again."
            }
        }
        form method="post" action="/reauth" {
            input name="username" value=(user) autocomplete="username" readonly hidden;
            label {
                "Password"
                input name="password" type="password" autocomplete="current-password" required;
            }
            button { "Go on" }
        }
        form method="post" action="/logout" { button { "Log out" } }
    };
    Page::new("Is it you?", content)
}
