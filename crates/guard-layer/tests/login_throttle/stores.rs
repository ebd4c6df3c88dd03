use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use auth_core::ManualClock;
use guard_layer::{AttemptKey, AttemptStore, AttemptStoreError, KeptAttempts, MemoryAttempts};

use crate::desk::{Desk, HOME, Outcome};

/// A store that is away.
#[derive(Debug)]
struct Away;

#[async_trait]
impl AttemptStore for Away {
    async fn load(&self, _: &AttemptKey) -> Result<Option<KeptAttempts>, AttemptStoreError> {
        Err(AttemptStoreError::caused_by("away"))
    }

    async fn keep(
        &self,
        _: &AttemptKey,
        _: &[u8],
        _: Option<u64>,
        _: Duration,
    ) -> Result<bool, AttemptStoreError> {
        Err(AttemptStoreError::caused_by("away"))
    }
}

fn clock() -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH)
}

#[tokio::test]
async fn nobody_is_let_try_while_nothing_can_be_counted() {
    let desk = Desk::with(Arc::new(Away), clock(), [7; 32]);
    assert_eq!(desk.right("alice", HOME).await, Outcome::Unavailable);
}

#[tokio::test]
async fn nodes_with_one_store_and_one_secret_count_together() {
    let clock = clock();
    let store = Arc::new(MemoryAttempts::new().clock(clock.clone()));
    let nodes = [(); 2].map(|()| Desk::with(store.clone(), clock.clone(), [7; 32]));
    for desk in nodes.iter().chain(&nodes).chain(&nodes[..1]) {
        assert_eq!(desk.wrong("alice", "unknown").await, Outcome::Wrong);
    }
    assert_eq!(nodes[1].right("alice", "unknown").await, Outcome::Wait(1));
    let stranger = Desk::with(store, clock, [8; 32]);
    assert_eq!(stranger.right("alice", "unknown").await, Outcome::In);
}

#[tokio::test]
async fn changes_that_collide_are_counted_one_by_one() {
    let clock = clock();
    let store = Arc::new(Yielding(MemoryAttempts::new().clock(clock.clone())));
    let desk = Desk::with(store, clock, [7; 32]);
    let attempts = (0..30).map(|_| {
        let throttle = desk.throttle.clone();
        tokio::spawn(async move { throttle.begin("alice", crate::desk::address(HOME), None).await })
    });
    let mut passed = Vec::new();
    for attempt in attempts.collect::<Vec<_>>() {
        passed.extend(attempt.await.unwrap());
    }
    assert_eq!(passed.len(), 5);
}

/// Has others run between a load and what is kept.
#[derive(Debug)]
struct Yielding(MemoryAttempts);

#[async_trait]
impl AttemptStore for Yielding {
    async fn load(&self, key: &AttemptKey) -> Result<Option<KeptAttempts>, AttemptStoreError> {
        let kept = self.0.load(key).await;
        tokio::task::yield_now().await;
        kept
    }

    async fn keep(
        &self,
        key: &AttemptKey,
        note: &[u8],
        replaces: Option<u64>,
        life: Duration,
    ) -> Result<bool, AttemptStoreError> {
        self.0.keep(key, note, replaces, life).await
    }
}
