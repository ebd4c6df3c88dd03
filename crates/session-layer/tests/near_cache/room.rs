//! How much memory it takes.

use session_layer::backend::{Backend, Change};
use session_layer::wrap::NearCache;

use crate::{Fixture, MAX_AGE, content, draft, found, key, payload};

const MIB: usize = 1 << 20;

#[tokio::test]
async fn a_hundred_thousand_sessions_stay_within_the_capacity() {
    let Fixture { spy, clock, .. } = Fixture::new();
    let cache = NearCache::builder(spy.clone())
        .clock(clock)
        .max_age(MAX_AGE)
        .capacity(4 * MIB)
        .build()
        .unwrap();
    for n in 0..100_000 {
        let name = n.to_string();
        spy.create(&key(&name), &draft("content")).await.unwrap();
        found(&cache, &name).await;
        assert!(n % 1_000 > 0 || cache.bytes() <= 4 * MIB, "{} bytes", cache.bytes());
    }
    assert!(cache.bytes() > MIB, "only {} bytes are used", cache.bytes());
    spy.take_loads();
    found(&cache, "99999").await;
    assert_eq!(spy.take_loads(), 0, "the latest is there");
    found(&cache, "0").await;
    assert_eq!(spy.take_loads(), 1, "the first has left");
}

#[tokio::test]
async fn a_session_that_changes_again_and_again_takes_no_more_room() {
    let Fixture { cache, .. } = Fixture::with("a").await;
    let once = cache.bytes();
    for version in 1..100_000 {
        let change = Change { version, payload: payload("b"), lifetime: None };
        cache.update(&key("a"), &change).await.unwrap();
        found(&cache, "a").await;
    }
    assert!(cache.bytes() < once + 64 * MIB / 16, "{} bytes", cache.bytes());
}

#[tokio::test]
async fn a_session_counts_as_much_as_the_documentation_says() {
    let Fixture { cache, spy, .. } = Fixture::with("a").await;
    let small = cache.bytes();
    assert!((550..=650).contains(&small), "{small} bytes");
    spy.create(&key("b"), &draft(&"x".repeat(1_001))).await.unwrap();
    found(&cache, "b").await;
    assert_eq!(cache.bytes(), 2 * small + 4 * 1_000);
}

#[tokio::test]
async fn a_session_that_is_too_large_is_read_from_the_store() {
    let Fixture { spy, clock, .. } = Fixture::new();
    let cache = NearCache::builder(spy.clone())
        .clock(clock)
        .max_age(MAX_AGE)
        .capacity(MIB)
        .build()
        .unwrap();
    let large = "x".repeat(MIB);
    spy.create(&key("a"), &draft(&large)).await.unwrap();
    for _ in 0..2 {
        assert_eq!(content(&cache, "a").await.unwrap().len(), MIB);
    }
    assert_eq!((spy.take_loads(), cache.bytes()), (2, 0));
}
