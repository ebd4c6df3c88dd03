//! Routes that can do with a session as it was a moment ago.

use crate::app::App;
use crate::browser::Browser;

/// Somebody who is logged in and has set `a`, and no calls so far.
async fn alice() -> (App, Browser) {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    browser.get("/set/a/1").await;
    app.spy.calls();
    (app, browser)
}

#[tokio::test]
async fn a_route_that_can_do_with_a_copy_asks_for_one() {
    let (app, mut browser) = alice().await;
    browser.get("/stale/get/a").await.says("1");
    assert_eq!(app.spy.calls(), ["load_stale"]);
}

#[tokio::test]
async fn a_route_that_reads_nothing_old_reads_no_copy_whatever_else_it_says() {
    let (app, mut browser) = alice().await;
    browser.get("/stale/fresh-inside/a").await.says("1");
    browser.get("/stale/fresh-outside/a").await.says("1");
    assert_eq!(app.spy.calls(), ["load_fresh", "load_fresh"]);
}

#[tokio::test]
async fn who_has_written_reads_no_copy() {
    let (app, mut browser) = alice().await;
    browser.get("/stale/set-and-reread/a/2").await.says("2");
    assert_eq!(app.spy.calls(), ["load_stale", "update", "load"]);
}

#[tokio::test]
async fn a_login_a_logout_and_a_new_id_read_no_copy() {
    let (app, mut browser) = alice().await;
    browser.get("/stale/login/bob").await;
    assert_eq!(app.spy.calls(), ["load", "rotate"]);
    browser.get("/stale/rotate").await;
    assert_eq!(app.spy.calls(), ["load", "rotate"]);
    browser.get("/stale/logout").await;
    assert_eq!(app.spy.calls(), ["delete"]);
}

#[tokio::test]
async fn what_was_read_as_a_copy_is_read_again_before_devices_are_told() {
    let (app, mut browser) = alice().await;
    browser.get("/stale/read-and-devices").await.says("1");
    assert_eq!(app.spy.calls(), ["load_stale", "load", "of_user"]);
}
