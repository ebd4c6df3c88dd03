//! `AffinityLayer` around an axum router.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::get;
use http::header::{CACHE_CONTROL, COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use proptest::prelude::*;
use session_layer::affinity::{Affinity, AffinityBuilder};
use session_layer::{AffinityLayer, ConfigErrorKind};
use tower::ServiceExt;

fn router() -> Router {
    Router::new()
        .route("/", get(async |affinity: Affinity| format!("{affinity:?}")))
        .route("/login", get(async || AppendHeaders([(SET_COOKIE, "a=b"), (SET_COOKIE, "c=d")])))
        .route("/logo", get(async || [(CACHE_CONTROL, "public, max-age=3600")]))
        .route("/page", get(async || [(CACHE_CONTROL, "no-cache")]))
        .route("/broken", get(async || StatusCode::SERVICE_UNAVAILABLE.into_response()))
}

fn builder() -> AffinityBuilder {
    AffinityLayer::builder("api-1")
}

async fn send(builder: AffinityBuilder, path: &str, cookie: Option<&[u8]>) -> Response<Body> {
    let app = router().layer(builder.build().unwrap());
    let mut request = Request::builder().uri(path);
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn all(headers: &HeaderMap, name: http::HeaderName) -> Vec<&str> {
    headers.get_all(name).into_iter().map(|value| value.to_str().unwrap()).collect()
}

/// What a browser without a cookie gets.
async fn given(builder: AffinityBuilder) -> String {
    let response = send(builder, "/", None).await;
    all(response.headers(), SET_COOKIE).concat()
}

async fn body(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_new_client_is_given_the_cookie_for_an_hour() {
    let expected = "srv_id=api-1; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax";
    assert_eq!(given(builder()).await, expected);
}

#[tokio::test]
async fn every_setting_is_in_the_cookie() {
    let builder = builder()
        .cookie_name("node")
        .max_age(Duration::from_secs(60))
        .domain("example.com")
        .path("/shop")
        .insecure_plain_http();
    let expected = "node=api-1; Max-Age=60; Domain=example.com; Path=/shop; HttpOnly; SameSite=Lax";
    assert_eq!(given(builder).await, expected);
}

#[tokio::test]
async fn a_session_cookie_has_no_max_age() {
    let expected = "__Host-node=api-1; Path=/; Secure; HttpOnly; SameSite=Lax";
    assert_eq!(given(builder().session_cookie().cookie_name("__Host-node")).await, expected);
}

#[tokio::test]
async fn a_signed_cookie_is_the_name_a_dot_and_the_hmac_in_base64url() {
    let expected = "srv_id=api-1.Z04OWfuRW0tBq_hOgzaBondQ6RgQjAXRR0bXvwNJJG8; Max-Age=3600; \
                    Path=/; Secure; HttpOnly; SameSite=Lax";
    assert_eq!(given(builder().signed([7; 32])).await, expected);
}

#[tokio::test]
async fn a_client_of_this_instance_gets_its_response_untouched() {
    let response = send(builder(), "/", Some(b"srv_id=api-1")).await;
    assert!(!response.headers().contains_key(SET_COOKIE));
    assert!(!response.headers().contains_key(CACHE_CONTROL));
    assert_eq!(body(response).await, "Kept");
}

#[tokio::test]
async fn the_cookie_that_was_given_is_kept_when_it_comes_back() {
    for builder in [builder(), builder().signed([7; 32])] {
        let cookie = given(builder.clone()).await;
        let pair = cookie.split(';').next().unwrap();
        let response = send(builder, "/", Some(pair.as_bytes())).await;
        assert!(!response.headers().contains_key(SET_COOKIE));
    }
}

#[tokio::test]
async fn a_client_of_a_dead_instance_is_given_ours() {
    let response = send(builder(), "/", Some(b"srv_id=api-2")).await;
    let set_cookies = all(response.headers(), SET_COOKIE);
    assert!(set_cookies.concat().starts_with("srv_id=api-1;"), "{set_cookies:?}");
    assert_eq!(body(response).await, r#"Moved { from: "api-2" }"#);
}

#[tokio::test]
async fn a_forged_name_is_a_new_client_where_names_are_signed() {
    let response = send(builder().signed([7; 32]), "/", Some(b"srv_id=api-1")).await;
    assert!(response.headers().contains_key(SET_COOKIE));
    assert_eq!(body(response).await, "New");
}

#[tokio::test]
async fn a_new_key_replaces_the_cookies_of_the_older_one() {
    let cookie = given(builder().signed([7; 32])).await;
    let pair = cookie.split(';').next().unwrap().to_owned();
    let rotated = builder().signed([8; 32]).older_key([7; 32]);
    let response = send(rotated.clone(), "/", Some(pair.as_bytes())).await;
    assert_eq!(all(response.headers(), SET_COOKIE).concat(), given(rotated).await);
    assert_eq!(body(response).await, "Kept");
}

#[tokio::test]
async fn the_cookies_of_the_inner_service_are_left_alone() {
    let response = send(builder(), "/login", None).await;
    let set_cookies = all(response.headers(), SET_COOKIE);
    assert_eq!(set_cookies.len(), 3);
    assert_eq!(set_cookies[..2], ["a=b", "c=d"]);
}

#[tokio::test]
async fn a_response_with_the_cookie_is_private() {
    let silent = send(builder(), "/", None).await;
    assert_eq!(all(silent.headers(), CACHE_CONTROL), ["private"]);
    let revalidated = send(builder(), "/page", None).await;
    assert_eq!(all(revalidated.headers(), CACHE_CONTROL), ["no-cache", "private"]);
}

#[tokio::test]
async fn a_response_for_everybody_gets_neither_the_cookie_nor_private() {
    let response = send(builder(), "/logo", None).await;
    assert!(!response.headers().contains_key(SET_COOKIE));
    assert_eq!(all(response.headers(), CACHE_CONTROL), ["public, max-age=3600"]);
}

#[tokio::test]
async fn nobody_is_kept_on_an_instance_that_fails() {
    let response = send(builder(), "/broken", Some(b"srv_id=api-2")).await;
    assert!(!response.headers().contains_key(SET_COOKIE));
}

#[tokio::test]
async fn without_the_layer_the_extractor_is_refused_with_500() {
    let request = Request::builder().uri("/").body(Body::empty()).unwrap();
    let response = router().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(body(response).await.contains(r#""code":"missing_layer""#));
}

#[tokio::test]
async fn any_service_and_any_body_will_do() {
    let service = tower::service_fn(async |request: Request<u8>| {
        Ok::<_, std::convert::Infallible>(Response::new(*request.body()))
    });
    let service = tower_layer::Layer::layer(&builder().build().unwrap(), service);
    let response = service.oneshot(Request::new(7)).await.unwrap();
    assert_eq!(*response.body(), 7);
    assert!(response.headers().contains_key(SET_COOKIE));
}

#[test]
fn an_error_of_the_configuration_says_what_to_do() {
    let error = builder().cookie_name("__Host-a").domain("example.com").build().unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::BrokenPrefix);
    assert_eq!(
        error.to_string(),
        "browsers refuse a `__Host-` cookie that has a domain: leave out the domain, or use the \
         prefix `__Secure-`",
    );
}

fn run(bytes: &[u8], builder: AffinityBuilder) -> Option<Response<Body>> {
    HeaderValue::from_bytes(bytes).ok()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    Some(runtime.block_on(send(builder, "/", Some(bytes))))
}

proptest! {
    #[test]
    fn any_cookie_header_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for builder in [builder(), builder().signed([7; 32])] {
            if let Some(response) = run(&bytes, builder) {
                prop_assert_eq!(response.status(), StatusCode::OK);
            }
        }
    }

    #[test]
    fn only_our_own_name_is_kept(value in "(api-1)?[!#-+--:<-\\[\\]-~]{0,8}") {
        let cookie = format!("a=b; srv_id={value}");
        let response = run(cookie.as_bytes(), builder()).unwrap();
        prop_assert_eq!(response.headers().contains_key(SET_COOKIE), value != "api-1");
    }

    #[test]
    fn no_signature_can_be_guessed(signature in "[A-Za-z0-9_-]{43}") {
        let cookie = format!("srv_id=api-1.{signature}");
        let response = run(cookie.as_bytes(), builder().signed([7; 32])).unwrap();
        prop_assert!(response.headers().contains_key(SET_COOKIE));
    }
}
