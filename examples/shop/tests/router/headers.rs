use axum::body::Body;
use http::Request;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, VARY};

use crate::service::Service;

const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[tokio::test]
async fn pages_run_no_script_and_are_neither_framed_nor_stored() {
    let mut browser = Service::new().logged_in("alice").await;
    for path in ["/login", "/me", "/cart", "/preferences", "/devices", "/nowhere"] {
        let headers = browser.page(path).await.headers;
        assert_eq!(headers[CONTENT_SECURITY_POLICY], POLICY, "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
        assert_eq!(headers["cross-origin-resource-policy"], "same-origin", "{path}");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{path}");
        assert_eq!(headers[CACHE_CONTROL], "no-store", "{path}");
    }
}

#[tokio::test]
async fn what_depends_on_accept_says_so() {
    let mut client = Service::new().client();
    for answer in [client.get("/cart").await, client.page("/cart").await] {
        assert!(answer.headers.get_all(VARY).iter().any(|name| name == "accept"), "{answer:?}");
    }
}

#[tokio::test]
async fn the_style_sheet_is_for_everybody_to_store() {
    let answer = Service::new().client().page("/style.css").await;
    assert_eq!(answer.headers["content-type"], "text/css; charset=utf-8");
    assert_eq!(answer.headers[CACHE_CONTROL], "max-age=3600");
}

#[tokio::test]
async fn no_page_has_a_script_or_a_style_of_its_own() {
    let mut browser = Service::new().logged_in("alice").await;
    for path in ["/login", "/me", "/cart", "/preferences", "/devices", "/nowhere"] {
        let text = browser.page(path).await.text;
        for forbidden in ["<script", "<style", " style=", " onclick="] {
            assert!(!text.contains(forbidden), "{forbidden} in {text}");
        }
    }
}

#[tokio::test]
async fn every_response_names_the_instance_and_its_request() {
    let mut client = Service::new().client();
    for path in ["/health", "/ready", "/cart", "/me", "/nowhere"] {
        let request = Request::get(path).header("x-request-id", "abc");
        let headers = client.send(request, Body::empty()).await.headers;
        assert_eq!(headers["x-served-by"], "shop-1", "{path}");
        assert_eq!(headers["x-request-id"], "abc", "{path}");
    }
}
