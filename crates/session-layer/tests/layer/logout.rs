//! A session that was ended stays ended.

use axum::http::StatusCode;
use session_layer::ClearSiteData;

use crate::app::App;

#[tokio::test]
async fn a_logout_ends_the_session_and_removes_the_cookie() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    let copy = browser.clone();
    let answer = browser.get("/logout").await;
    let removal = "__Host-Http-sid=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax".to_owned();
    assert_eq!(answer.set_cookie(), Some(removal.as_str()));
    copy.request("/user").await.says("nobody");
}

#[tokio::test]
async fn a_request_in_flight_does_not_bring_it_back() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    let slow = browser.clone();
    let slow = tokio::spawn(async move { slow.request("/hold/a/1").await });
    app.gate.loaded.notified().await;
    let copy = browser.clone();
    browser.get("/logout").await;
    app.gate.go_on.notify_one();
    let answer = slow.await.unwrap();
    answer.says("held");
    assert_eq!(answer.set_cookie(), None);
    copy.request("/user").await.says("nobody");
    copy.request("/get/a").await.says("none");
}

#[tokio::test]
async fn a_logout_holds_in_a_response_that_failed() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    let copy = browser.clone();
    let answer = browser.get("/logout-and-fail").await;
    answer.is(StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.set_cookie().unwrap().contains("Max-Age=0"));
    copy.request("/user").await.says("nobody");
}

#[tokio::test]
async fn a_logout_holds_after_the_session_was_to_get_another_id() {
    let app = App::new();
    for path in ["/rotate-and-logout", "/login-and-logout"] {
        let mut browser = app.logged_in("alice").await;
        let copy = browser.clone();
        browser.get(path).await.says("logged out");
        browser.get("/user").await.says("nobody");
        copy.request("/user").await.says("nobody");
    }
}

#[tokio::test]
async fn what_is_set_after_a_logout_is_in_a_new_session() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    browser.get("/set/secret/1").await;
    let old = browser.clone();
    browser.get("/logout-and-set/flash/bye").await.says("logged out");
    assert_ne!(old.id(), browser.id());
    browser.get("/get/flash").await.says("bye");
    browser.get("/get/secret").await.says("none");
    browser.get("/user").await.says("nobody");
}

#[tokio::test]
async fn a_deleted_session_does_not_come_back_with_the_commit() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    let copy = browser.clone();
    let answer = browser.get("/delete-only").await;
    answer.says("deleted");
    assert!(answer.set_cookie().unwrap().contains("Max-Age=0"));
    copy.request("/get/seen").await.says("none");
}

#[tokio::test]
async fn browsers_forget_what_they_are_told_to() {
    let kinds = [ClearSiteData::Cookies, ClearSiteData::Storage];
    let app = App::with(|layer| layer.clear_site_data(kinds));
    let mut browser = app.logged_in("alice").await;
    assert_eq!(browser.get("/logout").await.headers["clear-site-data"], r#""cookies", "storage""#);
    let quiet = App::new().logged_in("alice").await.get("/logout").await;
    assert!(!quiet.headers.contains_key("clear-site-data"));
}

#[tokio::test]
async fn a_logout_of_a_guest_costs_nothing() {
    let app = App::new();
    let answer = app.browser().get("/logout").await;
    answer.says("logged out");
    assert_eq!((app.spy.calls(), answer.set_cookie()), (vec![], None));
}
