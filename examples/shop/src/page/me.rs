use maud::html;

use super::Page;

/// Who is logged in, and the ways out.
pub(crate) fn me(name: &str) -> Page {
    let content = html! {
        p { "You are logged in as " strong { (name) } "." }
        form method="post" action="/logout" {
            button { "Log out" }
            button name="everywhere" value="true" { "Log out everywhere" }
        }
    };
    Page::new("Account", content)
}
