//! A session that moves is asked for its user's password.

use example_service::test_util::PASSWORD;
use http::StatusCode;
use serde_json::json;

use crate::client::{Client, is_page, leads_to};
use crate::service::Service;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

fn guarded(policy: &str) -> Service {
    Service::with(&["--guard", policy, "--trusted-proxy", "127.0.0.1"])
}

/// Alice at home, and somebody elsewhere who has copied her cookie.
async fn stolen(service: &Service) -> [Client; 2] {
    let mut alice = service.client().seen_as("203.0.113.7", FIREFOX);
    alice.log_in("alice").await;
    let thief = alice.clone().seen_as("198.51.100.9", "curl/8.5.0");
    [alice, thief]
}

#[tokio::test]
async fn a_cookie_that_moves_to_another_network_and_browser_is_challenged() {
    let service = guarded("balanced");
    let [_, mut thief] = stolen(&service).await;
    let answer = thief.get("/me").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{answer:?}");
    assert_eq!(answer.json()["code"], "step_up_required");
    leads_to(&thief.page("/devices").await, "/reauth");
}

#[tokio::test]
async fn the_password_ends_the_suspicion_and_the_stolen_cookie() {
    let service = guarded("balanced");
    let [mut alice, mut thief] = stolen(&service).await;
    thief.get("/me").await;
    leads_to(&alice.page("/devices").await, "/reauth");
    is_page(&alice.page("/reauth").await, StatusCode::OK, "another device");
    let answer = alice.form("/reauth", &format!("password={}", PASSWORD.replace(' ', "+"))).await;
    leads_to(&answer, "/devices");
    assert_eq!(alice.user().await.as_deref(), Some("alice"));
    assert_eq!(thief.user().await, None);
}

#[tokio::test]
async fn a_thief_has_five_guesses() {
    let service = guarded("balanced");
    let [_, mut thief] = stolen(&service).await;
    thief.get("/me").await;
    for _ in 0..5 {
        let answer = thief.post("/reauth", json!({ "password": "open barley" })).await;
        assert_eq!(answer.json()["code"], "invalid_credentials");
    }
    let answer = thief.post("/reauth", json!({ "password": PASSWORD })).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{answer:?}");
}

#[tokio::test]
async fn who_is_suspected_can_log_out() {
    let service = guarded("balanced");
    let [mut alice, mut thief] = stolen(&service).await;
    thief.get("/me").await;
    assert_eq!(alice.post("/logout", json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(thief.user().await, None);
}

#[tokio::test]
async fn without_a_guard_a_stolen_cookie_is_as_good_as_its_owners() {
    let service = guarded("off");
    let [mut alice, mut thief] = stolen(&service).await;
    assert_eq!(thief.user().await.as_deref(), Some("alice"));
    assert_eq!(alice.user().await.as_deref(), Some("alice"));
}

#[tokio::test]
async fn the_naive_guard_logs_out_whose_phone_changes_the_network() {
    let service = guarded("naive");
    let mut alice = service.client().seen_as("203.0.113.7", FIREFOX);
    alice.log_in("alice").await;
    let mut alice = alice.seen_as("198.51.100.9", FIREFOX);
    assert_eq!(alice.get("/me").await.json()["code"], "session_ended");
    assert_eq!(alice.user().await, None);
}

#[tokio::test]
async fn who_has_just_logged_in_pays_and_changes_the_address() {
    let mut alice = Service::new().logged_in("alice").await;
    alice.add("tea", 2).await;
    let email = alice.post("/account/email", json!({ "email": "alice@shop.example" })).await;
    assert_eq!(email.json()["email"], "alice@shop.example");
    assert_eq!(alice.post("/checkout", json!({})).await.json()["articles"], 1);
    assert!(alice.cart().await.is_empty());
    assert_eq!(alice.post("/checkout", json!({})).await.json()["code"], "cart_empty");
}

#[tokio::test]
async fn a_guest_neither_pays_nor_has_an_address() {
    let mut guest = Service::new().client();
    guest.add("tea", 2).await;
    for path in ["/checkout", "/account/email"] {
        let answer = guest.post(path, json!({ "email": "guest@shop.example" })).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{answer:?}");
    }
    assert_eq!(guest.cart().await.len(), 1);
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let mut alice = Service::new().logged_in("alice").await;
    for email in ["", "alice", "@shop.example", "alice@", "a b@shop.example", "a@b\r\nc"] {
        let answer = alice.post("/account/email", json!({ "email": email })).await;
        assert_eq!(answer.json()["code"], "invalid_email", "{email:?}");
    }
}
