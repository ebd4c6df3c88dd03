use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Method};

/// Whether a request wants a page or JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Page,
    Json,
}

impl Wanted {
    /// JSON for whoever sends JSON, uses a method that forms don't have, or names it in `Accept`
    /// before HTML; a page for everybody else.
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Self {
        let is_form = matches!(*method, Method::GET | Method::HEAD | Method::POST);
        match is_form && !sends_json(headers) && !prefers_json(headers) {
            true => Self::Page,
            false => Self::Json,
        }
    }
}

/// Whether the body is said to be JSON.
pub(crate) fn sends_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| essence(media_type) == "application/json")
}

fn prefers_json(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(ACCEPT).iter().filter_map(|list| list.to_str().ok());
    let first_known =
        lists.flat_map(|list| list.split(',')).find_map(|range| match essence(range).as_str() {
            "application/json" | "application/problem+json" => Some(Wanted::Json),
            "text/html" => Some(Wanted::Page),
            _ => None,
        });
    first_known == Some(Wanted::Json)
}

/// A media type without its parameters.
fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

impl<S: Sync> FromRequestParts<S> for Wanted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.method, &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    #[track_caller]
    fn check(method: Method, header: (&str, &str), wanted: Wanted) {
        let request = Request::builder().method(method).header(header.0, header.1);
        let (parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(Wanted::of(&parts.method, &parts.headers), wanted);
    }

    #[test]
    fn who_names_json_gets_it() {
        for accept in
            ["application/json", "Application/JSON; q=0.9, */*", "application/problem+json"]
        {
            check(Method::GET, ("accept", accept), Wanted::Json);
        }
    }

    #[test]
    fn a_browser_gets_a_page() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for accept in [browser, "*/*", "", "text/html, application/json"] {
            check(Method::GET, ("accept", accept), Wanted::Page);
        }
    }

    #[test]
    fn who_sends_json_gets_it() {
        let json = ("content-type", "application/json; charset=utf-8");
        check(Method::POST, json, Wanted::Json);
        check(Method::POST, ("content-type", "application/x-www-form-urlencoded"), Wanted::Page);
    }

    #[test]
    fn a_method_that_forms_do_not_have_is_of_a_program() {
        check(Method::DELETE, ("accept", "*/*"), Wanted::Json);
        check(Method::PUT, ("accept", "*/*"), Wanted::Json);
    }
}
