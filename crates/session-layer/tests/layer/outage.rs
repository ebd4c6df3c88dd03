//! The backend can't be reached.

use auth_core::Renderer;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use crate::app::App;
use crate::browser::Answer;

const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// It is a 503 that may be tried again, and touches no cookie.
#[track_caller]
fn check_refused(answer: &Answer) {
    answer.is(UNAVAILABLE);
    assert_eq!((answer.code().as_str(), answer.set_cookie()), ("store_unavailable", None));
    assert_eq!(answer.headers["retry-after"], "1");
}

#[tokio::test]
async fn a_session_that_can_not_be_loaded_makes_a_guest_until_it_can_again() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    browser.get("/set/a/1").await;
    app.spy.go_down(true);
    for (path, guests) in [("/user", "nobody"), ("/get/a", "none"), ("/status", "Unreachable")] {
        let answer = browser.get(path).await;
        answer.says(guests);
        assert_eq!(answer.set_cookie(), None);
    }
    app.spy.go_down(false);
    browser.get("/user").await.says("alice");
    browser.get("/get/a").await.says("1");
    browser.get("/status").await.says("Live");
}

#[tokio::test]
async fn a_guest_of_an_outage_changes_nothing() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    app.spy.go_down(true);
    for path in ["/set/a/1", "/add/a", "/login/bob", "/rotate", "/logout", "/others"] {
        check_refused(&browser.get(path).await);
    }
    app.spy.go_down(false);
    browser.get("/user").await.says("alice");
    browser.get("/get/a").await.says("none");
}

#[tokio::test]
async fn a_backend_that_is_back_in_the_middle_of_a_request_is_not_given_a_guests_changes() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    browser.get("/set/a/1").await;
    app.spy.go_down(true);
    let holding = tokio::spawn({
        let browser = browser.clone();
        async move { browser.request("/hold/b/2").await }
    });
    app.gate.loaded.notified().await;
    app.spy.go_down(false);
    app.gate.go_on.notify_one();
    check_refused(&holding.await.unwrap());
    browser.get("/get/a").await.says("1");
    browser.get("/get/b").await.says("none");
}

#[tokio::test]
async fn a_route_that_needs_a_session_is_refused_in_an_outage() {
    let app = App::new();
    let mut browser = app.logged_in("alice").await;
    app.spy.go_down(true);
    check_refused(&browser.get("/needed").await);
    app.browser().get("/needed").await.says("served");
    app.spy.go_down(false);
    browser.get("/needed").await.says("served");
}

#[tokio::test]
async fn without_guests_a_session_that_can_not_be_loaded_is_an_error() {
    let app = App::with(|builder| builder.no_guests_in_outages());
    let mut browser = app.logged_in("alice").await;
    app.spy.go_down(true);
    check_refused(&browser.get("/user").await);
    check_refused(&browser.get("/needed").await);
    browser.get("/status").await.says("Unreachable");
    app.spy.go_down(false);
    browser.get("/user").await.says("alice");
}

#[tokio::test]
async fn refusals_look_as_the_layer_is_told() {
    let renderer = Renderer::new(|rejection, _| {
        (rejection.status(), format!("sorry: {}", rejection.code())).into_response()
    });
    let app = App::with(|builder| builder.no_guests_in_outages().renderer(renderer));
    let mut browser = app.logged_in("alice").await;
    app.spy.go_down(true);
    for path in ["/user", "/needed", "/set/a/1"] {
        assert_eq!(browser.get(path).await.text, "sorry: store_unavailable");
    }
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
