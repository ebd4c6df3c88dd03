use http::StatusCode;
use http::header::{SET_COOKIE, WWW_AUTHENTICATE};
use serde_json::json;

use crate::client::{Client, is_page, leads_to, session_cookie};
use crate::service::Service;

const WRONG: &str = r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"the user name or the password is wrong","code":"invalid_credentials"}"#;

const REQUIRED: &str = r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"log in first","code":"login_required"}"#;

const FORM: &str = r#"<form method="post" action="/login">"#;

#[tokio::test]
async fn a_name_and_its_password_log_in() {
    let mut client = Service::new().client();
    let answer = client.post("/login", Client::credentials("alice")).await;
    assert_eq!(answer.json(), json!({ "username": "alice" }));
    assert_eq!(client.get("/me").await.text, r#"{"username":"alice"}"#);
}

#[tokio::test]
async fn a_form_logs_in_and_leads_to_the_cart() {
    let mut browser = Service::new().client();
    is_page(&browser.page("/login").await, StatusCode::OK, FORM);
    let answer = browser.form("/login", "username=alice&password=open+sesame").await;
    leads_to(&answer, "/cart");
    is_page(&browser.page("/me").await, StatusCode::OK, "<strong>alice</strong>");
}

#[tokio::test]
async fn a_session_ends_with_the_browser_unless_it_is_to_be_remembered() {
    let service = Service::new();
    let answer = service.client().form("/login", "username=alice&password=open+sesame").await;
    assert!(!session_cookie(&answer).unwrap().contains("Max-Age"), "{answer:?}");
    let form = "username=alice&password=open+sesame&remember=true";
    let answer = service.client().form("/login", form).await;
    let ninety_days = "Max-Age=7776000";
    assert!(session_cookie(&answer).unwrap().contains(ninety_days), "{answer:?}");
    let mut credentials = Client::credentials("alice");
    credentials["remember"] = json!(true);
    let answer = service.client().post("/login", credentials).await;
    assert!(session_cookie(&answer).unwrap().contains(ninety_days), "{answer:?}");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    for name in ["alice", "mallory"] {
        let credentials = json!({ "username": name, "password": "open barley" });
        let answer = Service::new().client().post("/login", credentials).await;
        answer.is_problem(WRONG);
        assert_eq!(
            answer.headers[WWW_AUTHENTICATE],
            r#"Cookie realm="shop", form-action="/login""#
        );
        assert!(!answer.headers.contains_key(SET_COOKIE));
    }
}

#[tokio::test]
async fn a_wrong_password_in_a_form_gets_the_form_again() {
    let mut browser = Service::new().client();
    let answer = browser.form("/login", "username=alice&password=wrong").await;
    is_page(&answer, StatusCode::UNAUTHORIZED, FORM);
    is_page(&answer, StatusCode::UNAUTHORIZED, "the user name or the password is wrong");
}

#[tokio::test]
async fn a_guest_has_to_log_in_for_what_is_a_users() {
    let mut guest = Service::new().client();
    for path in ["/me", "/devices"] {
        guest.get(path).await.is_problem(REQUIRED);
        is_page(&guest.page(path).await, StatusCode::UNAUTHORIZED, FORM);
    }
    guest.delete("/devices/any").await.is_problem(REQUIRED);
}

#[tokio::test]
async fn a_login_keeps_the_cart_under_a_new_id() {
    let mut browser = Service::new().client();
    browser.add("tea", 2).await;
    let mut before = browser.clone();
    browser.log_in("alice").await;
    assert_ne!(before.cookie, browser.cookie);
    assert_eq!(browser.cart().await, [("tea".to_owned(), 2)]);
    assert_eq!(before.user().await, None);
    assert_eq!(before.cart().await, []);
}

#[tokio::test]
async fn the_cart_of_one_user_is_not_handed_on_to_the_next() {
    let mut browser = Service::new().logged_in("alice").await;
    browser.add("tea", 2).await;
    let mut before = browser.clone();
    browser.log_in("bob").await;
    assert_eq!(browser.user().await.as_deref(), Some("bob"));
    assert_eq!(browser.cart().await, []);
    assert_eq!(before.user().await, None);
}

#[tokio::test]
async fn who_logs_in_once_more_keeps_the_cart() {
    let mut browser = Service::new().logged_in("alice").await;
    browser.add("tea", 2).await;
    browser.log_in("alice").await;
    assert_eq!(browser.cart().await, [("tea".to_owned(), 2)]);
    assert_eq!(browser.devices().await.len(), 1);
}

#[tokio::test]
async fn for_development_the_cookie_does_without_tls() {
    let mut client = Service::with(&["--insecure-http"]).client();
    let answer = client.post("/login", Client::credentials("alice")).await;
    let cookie = session_cookie(&answer).unwrap();
    assert!(cookie.starts_with("sid=") && !cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn the_cookie_is_for_this_host_over_tls_and_for_no_script() {
    let mut client = Service::new().client();
    let answer = client.post("/login", Client::credentials("alice")).await;
    let cookie = session_cookie(&answer).unwrap();
    assert!(cookie.starts_with("__Host-Http-sid="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
}
