//! Requests that a browser sends for another site.

use axum::body::Body;
use example_service::test_util::Answer;
use http::header::CONTENT_TYPE;
use http::{Method, Request, StatusCode};

use crate::client::{Client, is_page};
use crate::service::Service;

const REFUSED: &str = r#"{"type":"about:blank","title":"Forbidden","status":403,"detail":"this request comes from another site","code":"cross_origin"}"#;

async fn post(client: &mut Client, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post(path)
        .header("host", "shop.example")
        .header("accept", "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send(request, "username=alice&password=open+sesame&sku=tea&quantity=1".into()).await
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_on_every_route() {
    let mut victim = Service::new().logged_in("alice").await;
    for path in ["/login", "/logout", "/cart/items", "/preferences", "/devices/any/logout"] {
        for site in ["cross-site", "same-site"] {
            post(&mut victim, path, &[("sec-fetch-site", site)]).await.is_problem(REFUSED);
        }
    }
    assert_eq!(victim.user().await.as_deref(), Some("alice"));
    assert_eq!(victim.cart().await, []);
}

#[tokio::test]
async fn an_old_browser_is_known_by_the_origin_that_it_sends() {
    let mut victim = Service::new().logged_in("alice").await;
    for origin in ["https://evil.example", "null"] {
        post(&mut victim, "/cart/items", &[("origin", origin)]).await.is_problem(REFUSED);
    }
    let own = [("origin", "https://shop.example")];
    assert_eq!(post(&mut victim, "/cart/items", &own).await.status, StatusCode::OK);
}

#[tokio::test]
async fn other_methods_of_another_site_are_refused_too() {
    let mut victim = Service::new().logged_in("alice").await;
    for (method, path) in [(Method::PUT, "/preferences/a"), (Method::DELETE, "/devices/any")] {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("sec-fetch-site", "cross-site");
        victim.send(request, Body::empty()).await.is_problem(REFUSED);
    }
}

#[tokio::test]
async fn a_browser_is_told_with_a_page() {
    let mut victim = Service::new().client();
    let request = Request::post("/logout").header("sec-fetch-site", "cross-site");
    let answer = victim.send(request, Body::empty()).await;
    is_page(&answer, StatusCode::FORBIDDEN, "this request comes from another site");
}

#[tokio::test]
async fn a_body_that_needs_no_preflight_is_refused_too() {
    let mut victim = Service::new().logged_in("alice").await;
    let request = Request::post("/cart/items").header("sec-fetch-site", "cross-site");
    let request = request.header("accept", "application/json").header(CONTENT_TYPE, "text/plain");
    victim.send(request, r#"{"sku":"tea","quantity":1}"#.into()).await.is_problem(REFUSED);
    assert_eq!(victim.cart().await, []);
}

#[tokio::test]
async fn a_websocket_of_another_site_is_refused() {
    let mut victim = Service::new().logged_in("alice").await;
    let request = Request::get("/cart")
        .header("host", "shop.example")
        .header("accept", "application/json")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("origin", "https://evil.example");
    victim.send(request, Body::empty()).await.is_problem(REFUSED);
}

#[tokio::test]
async fn a_link_from_another_site_works() {
    let request = Request::get("/cart").header("sec-fetch-site", "cross-site");
    let answer = Service::new().client().send(request, Body::empty()).await;
    assert_eq!(answer.status, StatusCode::OK);
}
