//! Requests that change one session at the same time.

use axum::http::StatusCode;
use futures_util::future::join_all;

use crate::app::App;

#[tokio::test]
async fn of_200_requests_that_set_a_field_each_none_is_lost() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/first/1").await;
    let paths: Vec<_> = (0..200).map(|n| format!("/set/field{n}/{n}")).collect();
    let answers = join_all(paths.iter().map(|path| browser.request(path))).await;
    answers.iter().for_each(|answer| answer.says("set"));
    for n in 0..200 {
        browser.get(&format!("/get/field{n}")).await.says(&n.to_string());
    }
}

#[tokio::test]
async fn of_200_requests_that_add_to_one_field_none_is_lost() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/first/1").await;
    let answers = join_all((0..200).map(|_| browser.request("/add/sum"))).await;
    answers.iter().for_each(|answer| answer.is(StatusCode::OK));
    browser.get("/get/sum").await.says("200");
}

#[tokio::test]
async fn a_slow_request_keeps_what_a_quick_one_did_meanwhile() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/first/1").await;
    let slow = browser.clone();
    let slow = tokio::spawn(async move { slow.request("/hold/slow/1").await });
    app.gate.loaded.notified().await;
    browser.get("/set/quick/2").await.says("set");
    browser.get("/remove/first").await.says("removed");
    app.gate.go_on.notify_one();
    slow.await.unwrap().says("held");
    browser.get("/get/slow").await.says("1");
    browser.get("/get/quick").await.says("2");
    browser.get("/get/first").await.says("none");
}

#[tokio::test]
async fn an_update_starts_from_what_a_quick_request_left() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/add/sum").await.says("1");
    let slow = browser.clone();
    let slow = tokio::spawn(async move { slow.request("/hold-add/sum").await });
    app.gate.loaded.notified().await;
    browser.get("/add/sum").await.says("2");
    app.gate.go_on.notify_one();
    slow.await.unwrap().says("2");
    browser.get("/get/sum").await.says("3");
}

#[tokio::test]
async fn several_updates_of_a_field_in_one_request_all_count() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/add-all/sum").await.says("added");
    browser.get("/add-all/sum").await.says("added");
    browser.get("/get/sum").await.says("6");
}
