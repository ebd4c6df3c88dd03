//! Records that nobody of ours has written, or only a part of.

use std::time::Duration;

use axum::http::StatusCode;
use proptest::collection::vec;
use proptest::prelude::*;
use session_layer::backend::{Backend, Draft, Found, Lifetime, Loaded, Payload, SessionKey};

use crate::app::App;
use crate::browser::{Answer, Browser};

const ID: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A browser whose session has this content.
async fn browser_with(app: &App, content: &[u8]) -> Browser {
    let hour = Duration::from_secs(60 * 60);
    let payload = Payload::from_bytes(content.to_vec());
    let lifetime = Lifetime { idle: hour, absolute: hour };
    let draft = Draft { payload, user: None, lifetime, cap: None };
    app.spy.create(&SessionKey::of_id(ID), &draft).await.unwrap();
    let mut browser = app.browser();
    browser.cookie = Some(format!("__Host-Http-sid={ID}"));
    browser
}

/// Reading and changing are refused, and the record is as it was.
async fn check(content: &[u8]) {
    let app = App::new();
    let browser = browser_with(&app, content).await;
    for path in ["/get/a", "/set/a/1", "/user", "/login/alice"] {
        let Answer { status, text, .. } = browser.request(path).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {text}");
    }
    let loaded = app.spy.load(&SessionKey::of_id(ID)).await.unwrap();
    let Loaded::Found(Found { record, .. }) = loaded else { panic!("{loaded:?}") };
    assert_eq!((record.version, record.payload.as_bytes()), (1, content));
}

#[tokio::test]
async fn a_foreign_record_is_a_fault_and_is_left_alone() {
    for content in
        [&b""[..], b"{}", b"null", b"\x01\x02", b"{\"h\":1}", b"\xff\xfe", b"O:8:\"stdClass\""]
    {
        check(content).await;
    }
}

#[tokio::test]
async fn a_truncated_record_is_a_fault_and_is_left_alone() {
    let app = App::new();
    let mut browser = app.browser();
    browser.get("/set/a/1").await;
    let whole = app.spy.written().remove(0);
    let whole = whole.as_bytes();
    for length in 0..whole.len() {
        check(&whole[..length]).await;
    }
}

#[tokio::test]
async fn its_client_can_still_log_out() {
    let app = App::new();
    let mut browser = browser_with(&app, b"{}").await;
    let answer = browser.get("/logout").await;
    answer.says("logged out");
    browser.cookie = Some(format!("__Host-Http-sid={ID}"));
    browser.get("/get/a").await.says("none");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_record_of_random_bytes_is_a_fault(content in vec(any::<u8>(), 0..100)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(&content));
    }
}
