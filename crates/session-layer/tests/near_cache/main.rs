//! `NearCache` keeps the promises of a backend over one store, and says how old it may be.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod age;
mod coherence;
mod failover;
mod flights;
mod loss;
mod proxy;
mod redis_fixture;
mod retries;
mod room;
mod spy;
mod verbs;

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use auth_core::ManualClock;
use session_layer::backend::{
    Backend, Draft, Found, Lifetime, Loaded, Payload, SessionKey, UserId,
};
use session_layer::conformance::Subject;
use session_layer::wrap::NearCache;

use crate::spy::Spy;

/// A cache over a store that is watched, and that doesn't tell of changes.
pub(crate) struct Fixture {
    pub(crate) cache: NearCache<Spy>,
    pub(crate) spy: Spy,
    pub(crate) clock: ManualClock,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let clock = ManualClock::new(SystemTime::now());
        let spy = Spy::new(clock.clone());
        let builder = NearCache::builder(spy.clone()).clock(clock.clone()).max_age(MAX_AGE);
        let cache = builder.build().unwrap();
        Self { cache, spy, clock }
    }

    /// With this session in the store and in memory.
    pub(crate) async fn with(name: &str) -> Self {
        let fixture = Self::new();
        fixture.spy.create(&key(name), &draft(name)).await.unwrap();
        found(&fixture.cache, name).await;
        fixture.spy.take_loads();
        fixture
    }
}

#[async_trait]
impl Subject for Fixture {
    fn backend(&self) -> &dyn Backend {
        &self.cache
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

mod promises {
    use crate::Fixture;

    session_layer::conformance_tests!(async { Fixture::new() });
    session_layer::conformance_tests!(async { Fixture::new() } => stats_do_not_drift);
}

/// The longest that may be, for a machine that is busy.
pub(crate) const MAX_AGE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

pub(crate) fn key(name: &str) -> SessionKey {
    SessionKey::of_id(name)
}

pub(crate) fn payload(text: &str) -> Payload {
    Payload::from_bytes(text.as_bytes().to_vec())
}

/// A session of alice.
pub(crate) fn draft(text: &str) -> Draft {
    let lifetime = Lifetime { idle: HOUR, absolute: 24 * HOUR };
    Draft { payload: payload(text), user: UserId::new("alice"), lifetime, cap: None }
}

pub(crate) async fn loaded(backend: &impl Backend, name: &str) -> Option<Found> {
    match backend.load(&key(name)).await.unwrap() {
        Loaded::Found(found) => Some(found),
        Loaded::Missing(_) => None,
    }
}

pub(crate) async fn found(backend: &impl Backend, name: &str) -> Found {
    loaded(backend, name).await.unwrap()
}

/// The content that a load finds.
pub(crate) async fn content(backend: &impl Backend, name: &str) -> Option<Vec<u8>> {
    Some(loaded(backend, name).await?.record.payload.as_bytes().to_vec())
}
