//! A login gives the session a new id, and the old one is worth nothing.

use axum::http::StatusCode;

use crate::app::App;

#[tokio::test]
async fn a_login_changes_the_id_and_keeps_the_data() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/cart/full").await;
    let before = browser.clone();
    browser.get("/login/alice").await.says("logged in");
    assert_ne!(before.id(), browser.id());
    browser.get("/user").await.says("alice");
    browser.get("/get/cart").await.says("full");
}

#[tokio::test]
async fn the_old_id_is_dead_at_once() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/cart/full").await;
    let old = browser.clone();
    browser.get("/login/alice").await;
    old.request("/user").await.says("nobody");
    old.request("/get/cart").await.says("none");
}

#[tokio::test]
async fn a_parallel_request_with_the_old_id_leaves_the_cookie_alone() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/cart/full").await;
    let old = browser.clone();
    browser.get("/login/alice").await;
    for path in ["/get/cart", "/user", "/plain", "/logout", "/clear"] {
        let answer = old.request(path).await;
        if path != "/logout" {
            assert_eq!(answer.set_cookie(), None, "{path}");
        }
    }
    browser.get("/user").await.says("alice");
}

#[tokio::test]
async fn a_parallel_request_that_has_changes_to_save_is_told_to_try_again() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/cart/full").await;
    let old = browser.clone();
    browser.get("/login/alice").await;
    let answer = old.request("/set/b/2").await;
    answer.is(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!((answer.code().as_str(), answer.set_cookie()), ("commit_failed", None));
    assert_eq!(answer.headers["retry-after"], "1");
}

#[tokio::test]
async fn a_request_that_loaded_before_the_login_does_not_take_part_in_it() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/cart/full").await;
    let slow = browser.clone();
    let slow = tokio::spawn(async move { slow.request("/hold/evil/1").await });
    app.gate.loaded.notified().await;
    browser.get("/login/alice").await;
    app.gate.go_on.notify_one();
    let answer = slow.await.unwrap();
    answer.is(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.set_cookie(), None);
    browser.get("/get/evil").await.says("none");
}

#[tokio::test]
async fn two_tabs_that_log_in_at_once_are_both_logged_in() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/cart/full").await;
    let (mut one, mut two) = (browser.clone(), browser.clone());
    let (first, second) = tokio::join!(one.get("/login/alice"), two.get("/login/alice"));
    first.says("logged in");
    second.says("logged in");
    one.get("/user").await.says("alice");
    two.get("/user").await.says("alice");
}

#[tokio::test]
async fn a_login_with_a_dead_id_works() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    let mut other = browser.clone();
    browser.get("/logout").await;
    other.get("/login/bob").await.says("logged in");
    other.get("/user").await.says("bob");
}

#[tokio::test]
async fn a_login_as_libraries_do_it_is_a_login() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/cart/full").await;
    let old = browser.clone();
    browser.get("/tower-login/alice").await.says("logged in");
    assert_ne!(old.id(), browser.id());
    browser.get("/get/user").await.says("alice");
    browser.get("/get/cart").await.says("full");
    old.request("/get/user").await.says("none");
}

#[tokio::test]
async fn a_user_without_a_name_can_not_log_in() {
    let app = App::new();
    let answer = app.browser().get(&format!("/login/{}", "u".repeat(256))).await;
    answer.is(StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.code(), "session_misused");
}
