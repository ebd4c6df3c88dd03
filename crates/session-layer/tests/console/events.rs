use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::app::App;

/// What a stream says until it has said this.
async fn until_it_says(body: &mut Body, part: &str) -> String {
    let mut said = String::new();
    while !said.contains(part) {
        let frame = timeout(Duration::from_secs(20), body.frame()).await;
        let frame = frame.unwrap_or_else(|_| panic!("it has said {said:?}")).unwrap().unwrap();
        said += std::str::from_utf8(frame.data_ref().unwrap()).unwrap();
    }
    said
}

#[tokio::test]
async fn what_the_guard_notices_is_on_the_page_with_its_reasons() {
    let app = App::new();
    let mut operator = app.operator().await;
    operator.get("/console/overview").await.shows("None so far.");
    app.logged_in("alice").await.thief().get("/me").await;
    let answer = operator.get("/console/overview").await;
    answer.shows("<strong>judged</strong> <a href=\"sessions?user=alice\">alice</a> session");
    answer.shows("balanced: challenged, score");
    answer.shows("user agent");
}

#[tokio::test]
async fn what_the_guard_notices_is_told_as_it_happens() {
    let app = App::new();
    let operator = app.operator().await;
    let alice = app.logged_in("alice").await;
    let response = operator.open("/console/events").await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    alice.thief().get("/me").await;
    let said = until_it_says(&mut body, "</li>\n\n").await;
    assert!(said.contains("data: <li>") && said.contains("challenged"), "{said}");
}

#[tokio::test]
async fn who_comes_back_is_told_what_was_missed_and_nothing_twice() {
    let app = App::new();
    let mut operator = app.operator().await;
    app.logged_in("alice").await.thief().get("/me").await;
    let page = operator.get("/console/overview").await.text;
    let latest = page.split_once("data-latest=\"").unwrap().1.split('"').next().unwrap();
    app.logged_in("bob").await.thief().get("/me").await;
    let response = operator.open(&format!("/console/events?after={latest}")).await;
    let said = until_it_says(&mut response.into_body(), "</li>\n\n").await;
    assert!(said.contains("bob") && !said.contains("alice"), "{said}");
}

#[tokio::test]
async fn a_suspect_sees_no_events_either() {
    let app = App::new();
    let mut thief = app.operator().await.thief();
    let answer = thief.get("/console/overview").await;
    answer.refuses(StatusCode::UNAUTHORIZED, "step_up_required");
    let answer = thief.get("/console/events").await;
    answer.refuses(StatusCode::UNAUTHORIZED, "step_up_required");
}
