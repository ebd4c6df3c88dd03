//! The backend can't be reached.

use axum::http::StatusCode;

use crate::app::App;

const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

#[tokio::test]
async fn a_session_that_can_not_be_loaded_is_an_error_and_nobody_else() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    app.spy.go_down(true);
    let answer = browser.get("/user").await;
    answer.is(UNAVAILABLE);
    assert_eq!((answer.code().as_str(), answer.set_cookie()), ("store_unavailable", None));
    assert_eq!(answer.headers["retry-after"], "1");
    app.spy.go_down(false);
    browser.get("/user").await.says("alice");
}

#[tokio::test]
async fn changes_that_can_not_be_committed_are_not_acknowledged() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    app.spy.fail_writes(true);
    let answer = browser.get("/set/a/1").await;
    answer.is(UNAVAILABLE);
    assert_eq!((answer.code().as_str(), answer.set_cookie()), ("store_unavailable", None));
    app.spy.fail_writes(false);
    browser.get("/user").await.says("alice");
}

#[tokio::test]
async fn a_request_that_needs_no_session_goes_on() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    app.spy.go_down(true);
    let answer = browser.get("/plain").await;
    answer.says("plain");
    assert_eq!(answer.set_cookie(), None);
}

#[tokio::test]
async fn a_logout_that_failed_says_so() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    app.spy.go_down(true);
    let answer = browser.get("/logout").await;
    assert_eq!((answer.status, answer.set_cookie()), (UNAVAILABLE, None));
    app.spy.go_down(false);
    browser.get("/user").await.says("alice");
}

#[tokio::test]
async fn no_text_of_the_backend_reaches_the_client() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    app.spy.go_down(true);
    for path in ["/user", "/set/a/1", "/logout", "/devices", "/everywhere"] {
        let answer = browser.get(path).await;
        assert!(!format!("{answer:?}").contains("secret"), "{answer:?}");
    }
}

#[tokio::test]
async fn activity_that_can_not_be_written_down_is_no_fault_of_the_request() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    app.clock.advance(std::time::Duration::from_secs(20 * 60));
    app.spy.fail_writes(true);
    browser.get("/user").await.says("alice");
}
