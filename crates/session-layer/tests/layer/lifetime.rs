//! How long a session and its cookie live.

use std::time::Duration;

use crate::app::App;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_session_ends_in_its_idle_time() {
    let app = App::with(|layer| layer.lifetime(MINUTE * 10, MINUTE * 60));
    let mut browser = app.logged_in("alice").await;
    app.clock.advance(MINUTE * 9);
    browser.get("/user").await.says("alice");
    app.clock.advance(MINUTE * 9);
    browser.get("/user").await.says("alice");
    app.clock.advance(MINUTE * 10);
    browser.get("/user").await.says("nobody");
}

#[tokio::test]
async fn a_session_ends_at_its_absolute_end_however_often_it_is_seen() {
    let app = App::with(|layer| layer.lifetime(MINUTE * 10, MINUTE * 60));
    let mut browser = app.logged_in("alice").await;
    for _ in 0..11 {
        app.clock.advance(MINUTE * 5);
        browser.get("/user").await.says("alice");
    }
    app.clock.advance(MINUTE * 5);
    browser.get("/user").await.says("nobody");
}

#[tokio::test]
async fn a_login_begins_a_lifetime_of_its_own() {
    let app = App::with(|layer| layer.lifetime(MINUTE * 50, MINUTE * 60));
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    app.clock.advance(MINUTE * 40);
    browser.get("/login/alice").await;
    app.clock.advance(MINUTE * 40);
    browser.get("/user").await.says("alice");
}

#[tokio::test]
async fn a_remembered_session_outlives_the_browser_and_the_usual_lifetime() {
    let app = App::new();
    let mut browser = app.browser();
    let answer = browser.get("/remember/alice").await;
    let max_age = 90 * 24 * 60 * 60;
    assert!(answer.set_cookie().unwrap().contains(&format!("; Max-Age={max_age};")));
    app.clock.advance(Duration::from_secs(13 * 24 * 60 * 60));
    browser.get("/user").await.says("alice");
    app.clock.advance(Duration::from_secs(13 * 24 * 60 * 60));
    browser.get("/user").await.says("alice");
}

#[tokio::test]
async fn it_is_still_remembered_after_a_change_and_a_rotation() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/remember/alice").await;
    browser.get("/set/a/1").await;
    let answer = browser.get("/rotate").await;
    assert!(answer.set_cookie().unwrap().contains("; Max-Age="));
    app.clock.advance(Duration::from_secs(13 * 24 * 60 * 60));
    browser.get("/user").await.says("alice");
}

#[tokio::test]
async fn another_session_ends_with_the_browser() {
    let app = App::new();
    let answer = app.browser().get("/login/alice").await;
    assert!(!answer.set_cookie().unwrap().contains("Max-Age"));
}

#[tokio::test]
async fn an_expiry_that_a_handler_sets_holds_for_later_requests_too() {
    let app = App::with(|layer| layer.lifetime(MINUTE * 10, MINUTE * 60));
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    let id = browser.id().to_owned();
    let answer = browser.get("/stay/7200").await;
    assert!(answer.set_cookie().unwrap().contains("; Max-Age="), "{answer:?}");
    assert_eq!(browser.id(), id);
    browser.get("/set/b/2").await;
    app.clock.advance(MINUTE * 119);
    browser.get("/get/a").await.says("1");
}
