use axum::body::Body;
use example_service::test_util::Files;
use http::Request;
use http::header::{COOKIE, SET_COOKIE};

use crate::service::Service;

#[tokio::test]
async fn no_cookie_is_given_unasked() {
    assert!(!Service::new().get("/nowhere").await.headers.contains_key(SET_COOKIE));
}

#[tokio::test]
async fn a_new_client_gets_the_name_of_the_instance() {
    let answer = Service::with(&["--sticky"]).get("/health").await;
    assert_eq!(
        answer.headers[SET_COOKIE],
        "srv_id=api-1; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax"
    );
}

#[tokio::test]
async fn without_tls_the_cookie_is_not_secure() {
    let answer = Service::with(&["--sticky", "--sticky-plain-http"]).get("/health").await;
    assert_eq!(
        answer.headers[SET_COOKIE],
        "srv_id=api-1; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax"
    );
}

#[tokio::test]
async fn a_client_of_this_instance_gets_no_further_cookie() {
    let request = Request::get("/health").header(COOKIE, "srv_id=api-1").body(Body::empty());
    let answer = Service::with(&["--sticky"]).send(request.unwrap()).await;
    assert!(!answer.headers.contains_key(SET_COOKIE));
}

#[tokio::test]
async fn the_cookie_can_be_signed() {
    let files = Files::new();
    let key = files.write("sticky.key", &"k".repeat(32));
    let answer = Service::with(&["--sticky", "--sticky-key", &key]).get("/health").await;
    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("srv_id=api-1.") && cookie.contains("; Secure"), "{cookie}");
}
