//! How many calls of the backend a request costs.

use std::time::Duration;

use crate::app::App;

#[tokio::test]
async fn a_request_that_does_not_touch_the_session_costs_no_call() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    app.spy.calls();
    let answer = browser.get("/plain").await;
    assert_eq!((app.spy.calls(), answer.set_cookie()), (vec![], None));
}

#[tokio::test]
async fn a_guest_who_only_reads_costs_no_call_and_gets_no_cookie() {
    let app = App::new();
    let answer = app.browser().get("/get/a").await;
    answer.says("none");
    assert_eq!((app.spy.calls(), answer.set_cookie()), (vec![], None));
}

#[tokio::test]
async fn a_request_that_reads_loads_once() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    assert_eq!(app.spy.calls(), ["create"]);
    browser.get("/get/a").await.says("1");
    assert_eq!(app.spy.calls(), ["load"]);
}

#[tokio::test]
async fn a_request_that_changes_loads_once_and_commits_once() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    app.spy.calls();
    browser.get("/set/a/2").await;
    assert_eq!(app.spy.calls(), ["load", "update"]);
}

#[tokio::test]
async fn setting_what_is_set_already_writes_nothing() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    app.spy.calls();
    browser.get("/set/a/1").await;
    browser.get("/remove/b").await;
    assert_eq!(app.spy.calls(), ["load", "load"]);
}

#[tokio::test]
async fn a_login_is_one_call_beside_the_load() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/login/alice").await;
    assert_eq!(app.spy.calls(), ["create"]);
    browser.get("/login/alice").await;
    assert_eq!(app.spy.calls(), ["load", "rotate"]);
}

#[tokio::test]
async fn reading_counts_as_activity_once_per_tenth_of_the_idle_time() {
    let app =
        App::with(|layer| layer.lifetime(Duration::from_secs(600), Duration::from_secs(6000)));
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    app.spy.calls();
    app.clock.advance(Duration::from_secs(59));
    browser.get("/get/a").await;
    assert_eq!(app.spy.calls(), ["load"]);
    app.clock.advance(Duration::from_secs(1));
    browser.get("/get/a").await;
    assert_eq!(app.spy.calls(), ["load", "touch"]);
    browser.get("/get/a").await;
    assert_eq!(app.spy.calls(), ["load"]);
}

#[tokio::test]
async fn a_poll_does_not_count_as_activity() {
    let app =
        App::with(|layer| layer.lifetime(Duration::from_secs(600), Duration::from_secs(6000)));
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    app.spy.calls();
    app.clock.advance(Duration::from_secs(300));
    browser.get("/poll/a").await.says("1");
    assert_eq!(app.spy.calls(), ["load"]);
    app.clock.advance(Duration::from_secs(301));
    browser.get("/poll/a").await.says("none");
}

#[tokio::test]
async fn what_can_not_be_an_id_never_reaches_the_backend() {
    let app = App::new();
    let mut browser = app.browser();
    let long = "a".repeat(100_000);
    for value in ["", "a", "' OR 1=1 --", "%0d%0a", "\"quoted\"", &long, &"b".repeat(31)] {
        browser.cookie = Some(format!("__Host-Http-sid={value}"));
        browser.get("/get/a").await.says("none");
    }
    assert_eq!(app.spy.calls(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_route_that_reads_nothing_old_asks_the_store_itself() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    browser.get("/set/a/1").await;
    app.spy.calls();
    browser.get("/fresh/a").await.says("1");
    assert_eq!(app.spy.calls(), ["load_fresh"]);
}
