use axum::body::Body;
use example_service::test_util::PASSWORD;
use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use serde_json::json;

use crate::service::{Service, json_post};

const WRONG: &str = r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"the user name or the password is wrong","code":"invalid_credentials"}"#;

#[tokio::test]
async fn a_name_and_its_password_get_a_token() {
    let answer = Service::new().login("alice", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let mut body = answer.json();
    body["access_token"].take();
    let expected = json!({
        "access_token": null,
        "token_type": "Bearer",
        "expires_in": 900,
        "scope": "orders:read orders:write",
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_token_is_not_to_be_stored() {
    let answer = Service::new().login("alice", PASSWORD).await;
    assert_eq!(answer.headers[CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn a_token_lives_as_long_as_the_option_says() {
    let answer = Service::with(&["--token-lifetime", "2m"]).login("alice", PASSWORD).await;
    assert_eq!(answer.json()["expires_in"], 120);
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let answer = Service::new().login("alice", "open barley").await;
    answer.is_problem(WRONG);
    assert_eq!(answer.headers[WWW_AUTHENTICATE], r#"Bearer realm="api""#);
}

#[tokio::test]
async fn an_unknown_name_is_refused_like_a_wrong_password() {
    Service::new().login("mallory", PASSWORD).await.is_problem(WRONG);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let request = json_post("/login").body("{".into()).unwrap();
    Service::new().send(request).await.is_problem(
        r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"the body is no JSON","code":"malformed_json"}"#,
    );
}

#[tokio::test]
async fn a_body_without_a_password_is_refused() {
    let request = json_post("/login").body(r#"{"username":"alice"}"#.into()).unwrap();
    Service::new().send(request).await.is_problem(
        r#"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body lacks something, or has another form","code":"invalid_body"}"#,
    );
}

#[tokio::test]
async fn a_body_of_another_type_is_refused() {
    let request = Request::post("/login").body("username=alice".into()).unwrap();
    Service::new().send(request).await.is_problem(
        r#"{"type":"about:blank","title":"Unsupported Media Type","status":415,"detail":"the body must be of type application/json","code":"unsupported_media_type"}"#,
    );
}

const TOO_LARGE: &str = r#"{"type":"about:blank","title":"Payload Too Large","status":413,"detail":"the body is too large","code":"body_too_large"}"#;

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_refused() {
    let request = json_post("/login").header("content-length", 65_537);
    Service::new().send(request.body(Body::empty()).unwrap()).await.is_problem(TOO_LARGE);
}

#[tokio::test]
async fn a_body_that_turns_out_too_large_is_refused() {
    let request = json_post("/login").body(" ".repeat(65_537).into()).unwrap();
    Service::new().send(request).await.is_problem(TOO_LARGE);
}
