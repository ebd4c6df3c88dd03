use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use crate::site::Site;

/// A whole page.
#[derive(Debug)]
pub(crate) struct Page {
    title: String,
    content: Markup,
    site: Site,
}

impl Page {
    /// A page of the shop.
    pub(super) fn new(title: &str, content: Markup) -> Self {
        Self { title: title.to_owned(), content, site: Site::Shop }
    }

    /// The same with the links of another site.
    pub(crate) fn at(self, site: Site) -> Self {
        Self { site, ..self }
    }

    /// What all pages have around what is special about one.
    fn whole(&self) -> Markup {
        let Self { title, content, site } = self;
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (title) " · shop" }
                    link rel="stylesheet" href="/style.css";
                }
                body {
                    nav { @for (path, name) in site.links() { a href=(path) { (name) } } }
                    main {
                        h1 { (title) }
                        (content)
                    }
                }
            }
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Html(self.whole().into_string()).into_response()
    }
}
