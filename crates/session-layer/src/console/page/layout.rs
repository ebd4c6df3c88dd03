use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

/// A whole page.
pub(in crate::console) struct Page(Markup);

impl Page {
    /// What all pages have around what is special about one.
    pub(super) fn new(title: &str, content: Markup) -> Self {
        Self(html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (title) " · console" }
                    link rel="stylesheet" href="console.css";
                    // So that browsers do not ask for one.
                    link rel="icon" href="data:,";
                    script src="console.js" defer {}
                }
                body {
                    a.skip href="#content" { "Skip to the content" }
                    header {
                        nav aria-label="Console" {
                            (link("overview", "Overview", title))
                            (link("sessions", "Sessions", title))
                        }
                    }
                    main id="content" tabindex="-1" {
                        h1 { (title) }
                        (content)
                    }
                }
            }
        })
    }
}

fn link(to: &str, name: &str, title: &str) -> Markup {
    let current = (name == title).then_some("page");
    html! { a href=(to) aria-current=[current] { (name) } }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Html(self.0.into_string()).into_response()
    }
}
