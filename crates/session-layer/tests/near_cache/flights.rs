//! Loads that are under way.

use std::error::Error;

use session_layer::backend::{Backend, BackendErrorKind, Loaded};
use tokio::task::JoinHandle;

use crate::{Fixture, content, draft, key, loaded, payload};
use session_layer::backend::Change;

/// A session `a` in the store, and a load of it that has read it and is not answered yet.
async fn loading() -> (Fixture, JoinHandle<Option<Vec<u8>>>) {
    let fixture = Fixture::new();
    fixture.spy.create(&key("a"), &draft("first")).await.unwrap();
    fixture.spy.hold();
    let cache = fixture.cache.clone();
    let slow = tokio::spawn(async move { content(&cache, "a").await });
    fixture.spy.has_read(1).await;
    (fixture, slow)
}

#[tokio::test]
async fn of_200_who_need_a_session_one_asks_for_it() {
    let (fixture, slow) = loading().await;
    let waiting: Vec<_> = (0..199)
        .map(|_| {
            let cache = fixture.cache.clone();
            tokio::spawn(async move { content(&cache, "a").await })
        })
        .collect();
    tokio::task::yield_now().await;
    fixture.spy.let_one_go();
    for waiting in waiting.into_iter().chain([slow]) {
        assert_eq!(waiting.await.unwrap().unwrap(), b"first");
    }
    assert_eq!(fixture.spy.take_loads(), 1);
}

#[tokio::test]
async fn a_load_goes_on_when_nobody_waits_for_it() {
    let (fixture, slow) = loading().await;
    slow.abort();
    let _ = slow.await;
    fixture.spy.let_one_go();
    assert_eq!(content(&fixture.cache, "a").await.unwrap(), b"first");
    assert_eq!(fixture.spy.take_loads(), 1);
}

#[tokio::test]
async fn a_logout_beats_a_load_in_flight() {
    let (fixture, slow) = loading().await;
    fixture.cache.delete(&key("a")).await.unwrap();
    fixture.spy.let_one_go();
    assert!(slow.await.unwrap().is_some(), "it has read before the end");
    assert!(loaded(&fixture.cache, "a").await.is_none());
}

#[tokio::test]
async fn who_comes_after_a_change_does_not_wait_for_a_load_from_before() {
    let (fixture, slow) = loading().await;
    let change = Change { version: 1, payload: payload("second"), lifetime: None };
    fixture.cache.update(&key("a"), &change).await.unwrap();
    let cache = fixture.cache.clone();
    let next = tokio::spawn(async move { content(&cache, "a").await });
    fixture.spy.has_read(2).await;
    fixture.spy.let_one_go();
    fixture.spy.let_one_go();
    assert_eq!(slow.await.unwrap().unwrap(), b"first");
    assert_eq!(next.await.unwrap().unwrap(), b"second");
    assert_eq!(content(&fixture.cache, "a").await.unwrap(), b"second");
}

#[tokio::test]
async fn a_fault_is_told_to_all_who_wait_and_not_remembered() {
    let (fixture, slow) = loading().await;
    slow.abort();
    let waiting = [(); 3].map(|()| {
        let cache = fixture.cache.clone();
        tokio::spawn(async move { cache.load(&key("a")).await.unwrap_err() })
    });
    tokio::task::yield_now().await;
    fixture.spy.go_down(true);
    fixture.spy.let_one_go();
    for waiting in waiting {
        let error = waiting.await.unwrap();
        assert_eq!(error.kind(), BackendErrorKind::Unavailable);
        assert_eq!(error.source().unwrap().to_string(), "it is down");
    }
    assert_eq!(fixture.spy.take_loads(), 1);
    fixture.spy.go_down(false);
    assert!(matches!(fixture.cache.load(&key("a")).await.unwrap(), Loaded::Found(_)));
}
