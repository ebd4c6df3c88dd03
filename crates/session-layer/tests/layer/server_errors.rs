//! A response with a server error commits nothing but an ending.

use axum::http::StatusCode;

use crate::app::App;

const FAILED: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

#[tokio::test]
async fn changes_are_dropped() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    browser.get("/set-and-fail/a/2").await.is(FAILED);
    browser.get("/get/a").await.says("1");
}

#[tokio::test]
async fn a_login_leaves_the_old_id_as_good_as_it_was() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    let answer = browser.get("/login-and-fail/alice").await;
    assert_eq!((answer.status, answer.set_cookie()), (FAILED, None));
    browser.get("/get/a").await.says("1");
    browser.get("/user").await.says("nobody");
}

#[tokio::test]
async fn a_rotation_leaves_the_old_id_as_good_as_it_was() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    let answer = browser.get("/rotate-and-fail").await;
    assert_eq!((answer.status, answer.set_cookie()), (FAILED, None));
    browser.get("/user").await.says("alice");
}

#[tokio::test]
async fn where_it_is_configured_changes_are_committed() {
    let app = App::with(|layer| layer.commit_server_errors());
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    browser.get("/set-and-fail/a/2").await.is(FAILED);
    browser.get("/get/a").await.says("2");
}
