//! Who guesses passwords has to wait.

use example_service::test_util::Answer;
use http::StatusCode;
use serde_json::json;

use crate::client::{Client, device_cookie, is_page};
use crate::service::Service;

const REFUSED: &str = r#"{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"this was tried too often; try again later","code":"too_many_attempts"}"#;

async fn guess(client: &mut Client, name: &str) -> Answer {
    client.post("/login", json!({ "username": name, "password": "open barley" })).await
}

/// Fails as often as it may.
async fn besiege(service: &Service, name: &str) {
    for _ in 0..5 {
        let answer = guess(&mut service.client(), name).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{answer:?}");
    }
}

#[tokio::test]
async fn the_sixth_guess_has_to_wait_also_with_the_right_password() {
    let service = Service::new();
    besiege(&service, "alice").await;
    let answer = service.client().post("/login", Client::credentials("alice")).await;
    answer.is_problem(REFUSED);
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(service.logged_in("bob").await.user().await.as_deref(), Some("bob"));
}

#[tokio::test]
async fn a_name_that_nobody_has_is_guessed_as_often() {
    let service = Service::new();
    besiege(&service, "mallory").await;
    guess(&mut service.client(), "mallory").await.is_problem(REFUSED);
}

#[tokio::test]
async fn a_browser_is_told_to_wait_with_a_page() {
    let service = Service::new();
    besiege(&service, "alice").await;
    let answer = service.client().form("/login", "username=alice&password=open+sesame").await;
    is_page(&answer, StatusCode::TOO_MANY_REQUESTS, "this was tried too often");
    assert_eq!(answer.headers["retry-after"], "1");
}

#[tokio::test]
async fn a_browser_that_has_logged_in_before_need_not_wait() {
    let service = Service::new();
    let mut browser = service.logged_in("alice").await;
    browser.post("/logout", json!({})).await;
    // The second five are those of the address, which is known.
    besiege(&service, "alice").await;
    besiege(&service, "alice").await;
    guess(&mut service.client(), "alice").await.is_problem(REFUSED);
    browser.log_in("alice").await;
}

#[tokio::test]
async fn the_cookie_of_a_browser_is_for_the_login_alone_and_given_once() {
    let mut browser = Service::new().client();
    let answer = browser.post("/login", Client::credentials("alice")).await;
    let cookie = device_cookie(&answer).unwrap();
    assert!(cookie.starts_with("__Secure-device="), "{cookie}");
    let attributes = "; Max-Age=31536000; Path=/login; Secure; HttpOnly; SameSite=Strict";
    assert!(cookie.ends_with(attributes), "{cookie}");
    let again = browser.post("/login", Client::credentials("alice")).await;
    assert_eq!(device_cookie(&again), None);
}
