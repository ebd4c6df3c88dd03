//! What is kept, and when.

use axum::http::StatusCode;

use crate::app::App;

#[tokio::test]
async fn what_one_request_sets_the_next_one_reads() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/a/1").await.says("set");
    browser.get("/set/b/2").await.says("set");
    browser.get("/get/a").await.says("1");
    browser.get("/get/b").await.says("2");
}

#[tokio::test]
async fn a_removed_field_is_gone() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    browser.get("/set/b/2").await;
    browser.get("/remove/a").await;
    browser.get("/get/a").await.says("none");
    browser.get("/get/b").await.says("2");
}

#[tokio::test]
async fn a_cleared_session_is_empty_and_stays() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    browser.get("/set/a/1").await;
    browser.get("/clear").await.says("cleared");
    browser.get("/get/a").await.says("none");
    browser.get("/user").await.says("alice");
}

#[tokio::test]
async fn clearing_without_a_session_makes_none() {
    let app = App::new();
    let answer = app.browser().get("/clear").await;
    answer.is(StatusCode::OK);
    assert_eq!((app.spy.calls(), answer.set_cookie()), (vec![], None));
}

#[tokio::test]
async fn an_explicit_save_commits_at_once_and_the_response_commits_the_rest() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set-and-save/a/1").await.says("saved");
    assert_eq!(app.spy.calls(), ["create", "update"]);
    browser.get("/get/a").await.says("1");
    browser.get("/get/after").await.says("the save");
}

#[tokio::test]
async fn an_unknown_id_is_never_adopted() {
    let app = App::new();
    let mut browser = app.browser();
    let made_up = "A".repeat(32);
    browser.cookie = Some(format!("__Host-Http-sid={made_up}"));
    browser.get("/set/a/1").await.says("set");
    assert_ne!(browser.id(), made_up);
}

#[tokio::test]
async fn an_unknown_id_is_not_removed_from_the_client_who_may_have_a_new_one_by_now() {
    let app = App::new();
    let mut browser = app.browser();
    browser.cookie = Some(format!("__Host-Http-sid={}", "A".repeat(32)));
    assert_eq!(browser.get("/get/a").await.set_cookie(), None);
}
