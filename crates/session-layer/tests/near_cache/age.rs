//! How old what is read may be.

use std::time::Duration;

use session_layer::backend::{Backend, Loaded};
use session_layer::wrap::near_cache::Coherence;

use crate::{Fixture, HOUR, draft, found, key, loaded};

const MILLISECOND: Duration = Duration::from_millis(1);
const ALMOST: Duration = Duration::from_millis(59_999);

#[tokio::test]
async fn a_session_in_memory_is_read_without_the_store() {
    let fixture = Fixture::with("a").await;
    let stored = found(&fixture.spy, "a").await;
    fixture.spy.take_loads();
    assert_eq!(found(&fixture.cache, "a").await, stored);
    assert_eq!(fixture.spy.take_loads(), 0);
    assert_eq!(fixture.cache.coherence(), Coherence::ByAge);
    assert_eq!(fixture.cache.health().await.stores[0].near_cache, Some("by_age"));
}

#[tokio::test(start_paused = true)]
async fn what_was_ended_elsewhere_is_gone_at_the_greatest_age() {
    let fixture = Fixture::with("a").await;
    fixture.spy.delete(&key("a")).await.unwrap();
    tokio::time::advance(ALMOST).await;
    assert!(loaded(&fixture.cache, "a").await.is_some());
    tokio::time::advance(MILLISECOND).await;
    assert!(loaded(&fixture.cache, "a").await.is_none());
}

#[tokio::test]
async fn what_was_ended_elsewhere_is_gone_at_once_for_who_reads_nothing_old() {
    let fixture = Fixture::with("a").await;
    fixture.spy.delete(&key("a")).await.unwrap();
    assert!(loaded(&fixture.cache, "a").await.is_some());
    let fresh = fixture.cache.load_fresh(&key("a")).await.unwrap();
    assert!(matches!(fresh, Loaded::Missing(_)), "{fresh:?}");
    assert!(loaded(&fixture.cache, "a").await.is_none(), "it is known by now");
}

#[tokio::test(start_paused = true)]
async fn the_age_counts_from_when_the_store_was_asked() {
    let fixture = Fixture::new();
    fixture.spy.create(&key("a"), &draft("a")).await.unwrap();
    fixture.spy.hold();
    let cache = fixture.cache.clone();
    let slow = tokio::spawn(async move { found(&cache, "a").await });
    while fixture.spy.take_loads() == 0 {
        tokio::task::yield_now().await;
    }
    tokio::time::advance(ALMOST).await;
    fixture.spy.let_one_go();
    slow.await.unwrap();
    tokio::time::advance(MILLISECOND).await;
    found(&fixture.cache, "a").await;
    assert_eq!(fixture.spy.take_loads(), 1);
}

#[tokio::test(start_paused = true)]
async fn nobody_joins_a_load_of_the_greatest_age() {
    let fixture = Fixture::new();
    fixture.spy.create(&key("a"), &draft("a")).await.unwrap();
    fixture.spy.hold();
    let cache = fixture.cache.clone();
    let hanging = tokio::spawn(async move { found(&cache, "a").await });
    while fixture.spy.take_loads() == 0 {
        tokio::task::yield_now().await;
    }
    fixture.spy.delete(&key("a")).await.unwrap();
    tokio::time::advance(ALMOST + MILLISECOND).await;
    let cache = fixture.cache.clone();
    let next = tokio::spawn(async move { loaded(&cache, "a").await });
    while fixture.spy.take_loads() == 0 {
        tokio::task::yield_now().await;
    }
    fixture.spy.let_one_go();
    fixture.spy.let_one_go();
    assert!(next.await.unwrap().is_none());
    hanging.await.unwrap();
}

#[tokio::test]
async fn an_expired_session_is_not_found_in_memory() {
    let fixture = Fixture::with("a").await;
    fixture.clock.advance(HOUR - MILLISECOND);
    assert!(loaded(&fixture.cache, "a").await.is_some());
    assert_eq!(fixture.spy.take_loads(), 0);
    fixture.clock.advance(MILLISECOND);
    assert!(loaded(&fixture.cache, "a").await.is_none());
}

#[tokio::test]
async fn what_is_not_found_is_not_remembered() {
    let fixture = Fixture::new();
    assert!(loaded(&fixture.cache, "a").await.is_none());
    fixture.spy.create(&key("a"), &draft("a")).await.unwrap();
    assert!(loaded(&fixture.cache, "a").await.is_some());
}

#[tokio::test]
async fn cleared_it_asks_the_store() {
    let fixture = Fixture::with("a").await;
    fixture.cache.clear();
    assert_eq!(fixture.cache.bytes(), 0);
    found(&fixture.cache, "a").await;
    assert_eq!(fixture.spy.take_loads(), 1);
}
