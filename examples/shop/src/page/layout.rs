use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

/// A whole page.
#[derive(Debug)]
pub(crate) struct Page(Markup);

impl Page {
    /// What all pages have around what is special about one.
    pub(super) fn new(title: &str, content: Markup) -> Self {
        Self(html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (title) " · shop" }
                    link rel="stylesheet" href="/style.css";
                }
                body {
                    nav {
                        a href="/cart" { "Cart" }
                        a href="/preferences" { "Preferences" }
                        a href="/devices" { "Devices" }
                        a href="/me" { "Account" }
                    }
                    main {
                        h1 { (title) }
                        (content)
                    }
                }
            }
        })
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Html(self.0.into_string()).into_response()
    }
}
