//! Sessions of a store, read from this process's memory.

mod builder;
mod coherence;
mod flight;
mod memory;
mod shard;
mod stale;

pub use builder::NearCacheBuilder;
pub use coherence::Coherence;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

#[cfg(feature = "redis")]
use crate::backend::RedisBackend;
#[cfg(feature = "redis")]
use crate::backend::redis::{Follower, Tracking};
use crate::backend::{
    Backend, BackendError, Change, Created, Draft, Found, Health, Loaded, Record, Renewed, Rotated,
    Rotation, SessionKey, Stats, Swept, Updated, UserId,
};
use crate::observe::Calls;
use flight::{Flight, Landing, given_up};
use memory::{Memory, Read};
use stale::Stale;

/// Reads sessions from this process's memory, and leaves all else to the store that it wraps.
///
/// It weakens one promise: a [`load`](Backend::load) may be older than the store. With
/// `NearCache::redis`, by the time that a message of Redis takes, mostly less than a
/// millisecond, and if messages are lost, by the [`max_age`](NearCacheBuilder::max_age) at most, 2 s
/// by default. With any other store, by the `max_age` always, 1 s by default. So long may a session
/// that was ended or has expired elsewhere still be found here. All else is the store's: changes go
/// there with the version that was read, so that an old one costs a second attempt, and never a
/// change; what is ended here is ended at once; and what is not found is never remembered.
///
/// ```no_run
/// # #[cfg(feature = "redis")]
/// # fn example() -> Result<(), session_layer::ConfigError> {
/// use session_layer::SessionLayer;
/// use session_layer::backend::RedisBackend;
/// use session_layer::wrap::NearCache;
///
/// let redis = RedisBackend::builder("rediss://shop:secret@redis.example").build()?;
/// let sessions = SessionLayer::builder(NearCache::redis(redis).build()?).build()?;
/// # Ok(())
/// # }
/// ```
///
/// Of all requests that need a session that is not in memory, one asks the store, and the others
/// wait for its answer; it is asked to the end even if all of them go away.
///
/// # How it knows
///
/// Redis is asked, on a connection of its own, to say which sessions are changed, by whomever
/// (`CLIENT TRACKING` in its broadcasting mode). What it names is forgotten, and a load that is
/// under way then is answered, but not kept. While that connection is not up, nothing is kept, and
/// every load goes to the store; [`coherence`](Self::coherence) says which it is. A connection over
/// which nothing comes any more is found out within half the `max_age` and the backend's deadline,
/// and no session is used beyond the `max_age` anyway. The user of Redis needs the right to
/// `+client|tracking` and `+hello` for it, and Redis has to be 6.2 or later.
///
/// For a store that has several servers, or is behind one that caches, the messages are those of
/// the server that the backend is connected to.
///
/// # What must not be old
///
/// Ending a session is never a matter of memory: [`delete`](Backend::delete) goes to the store. For
/// routes whose decisions may rest on nothing old, such as a payment after a step-up, there is the
/// [`FreshLayer`](crate::FreshLayer). A [`StaleLayer`](crate::StaleLayer) changes nothing here: what
/// is in memory is nearer than any replica, and a replica's copy is not kept, for nobody would tell
/// when it is changed.
pub struct NearCache<B> {
    shared: Arc<Shared<B>>,
}

struct Shared<B> {
    backend: B,
    calls: Calls,
    #[cfg(feature = "metrics")]
    reads: crate::metrics::NearReads,
    memory: Arc<Memory>,
    #[cfg(feature = "redis")]
    tracking: Option<Tracking>,
}

impl<B: Backend> NearCache<B> {
    /// Settings for a cache over a store that doesn't tell of changes, such as an SQL database:
    /// what it reads may be as old as the [`max_age`](NearCacheBuilder::max_age), 1 s by default.
    pub fn builder(backend: B) -> NearCacheBuilder<B> {
        NearCacheBuilder::over(backend)
    }

    fn new(builder: NearCacheBuilder<B>) -> Self {
        let NearCacheBuilder { backend, max_age, capacity, clock, .. } = builder;
        let memory = Arc::new(Memory::new(capacity, max_age, clock));
        #[cfg(feature = "redis")]
        let tracking = builder.tracker.map(|tracker| {
            let follower: Arc<dyn Follower> = memory.clone();
            Tracking::new(tracker, follower, max_age / 4)
        });
        let shared = Shared {
            calls: Calls::of(backend.name()),
            #[cfg(feature = "metrics")]
            reads: crate::metrics::NearReads::default(),
            backend,
            memory,
            #[cfg(feature = "redis")]
            tracking,
        };
        let cache = Self { shared: Arc::new(shared) };
        cache.shared.memory.keep(!cache.is_told());
        cache
    }

    /// The store itself, past the memory. What is changed there is noticed as if another instance
    /// had changed it.
    pub fn store(&self) -> &B {
        &self.shared.backend
    }

    /// How it learns of changes at this moment, for a report on health. A connection for that is
    /// made when a session is first loaded.
    pub fn coherence(&self) -> Coherence {
        match (self.is_told(), self.shared.memory.keeps()) {
            (false, _) => Coherence::ByAge,
            (true, true) => Coherence::Told,
            (true, false) => Coherence::Lost,
        }
    }

    /// How many bytes the sessions in memory take, by the estimate that is held to the
    /// [`capacity`](NearCacheBuilder::capacity).
    pub fn bytes(&self) -> usize {
        self.shared.memory.bytes()
    }

    /// Forgets all sessions, so that the next loads go to the store: for when that is known to have
    /// become another one, as after a failover to a replica.
    pub fn clear(&self) {
        self.shared.memory.clear();
    }

    fn stale(&self, key: &SessionKey) -> Stale<'_> {
        Stale::of(&self.shared.memory, key)
    }

    /// On a task of its own, that goes on when nobody waits for it any longer.
    fn ask(&self, key: SessionKey, flight: Flight, landing: Landing) {
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let outcome = shared.calls.call("load", shared.backend.load(&key)).await;
            shared.memory.land(&key, &flight, &outcome);
            landing.publish(outcome);
        });
    }

    async fn asked<T>(
        &self,
        verb: &'static str,
        call: impl Future<Output = Result<T, BackendError>>,
    ) -> Result<T, BackendError> {
        self.shared.calls.call(verb, call).await
    }

    async fn wait(&self, key: &SessionKey, flight: Flight) -> Result<Loaded, BackendError> {
        flight.outcome().await.unwrap_or_else(|| {
            self.shared.memory.forget(key);
            Err(given_up())
        })
    }

    #[cfg(feature = "redis")]
    fn is_told(&self) -> bool {
        self.shared.tracking.is_some()
    }

    #[cfg(not(feature = "redis"))]
    fn is_told(&self) -> bool {
        false
    }

    #[cfg(feature = "redis")]
    fn listen(&self) {
        if let Some(tracking) = &self.shared.tracking {
            tracking.start();
        }
    }

    #[cfg(not(feature = "redis"))]
    fn listen(&self) {}
}

#[cfg(feature = "redis")]
impl NearCache<RedisBackend> {
    /// Settings for a cache over Redis, which tells of changes: what it reads is as old as a
    /// message takes, and at most the [`max_age`](NearCacheBuilder::max_age), 2 s by default.
    /// Not for a cluster, which [`build`](NearCacheBuilder::build) refuses: there
    /// [`NearCache::builder`] bounds the age.
    pub fn redis(backend: RedisBackend) -> NearCacheBuilder<RedisBackend> {
        let tracker = backend.tracker();
        NearCacheBuilder::over(backend).told_by(tracker)
    }
}

#[cfg(feature = "redis")]
impl Follower for Memory {
    fn began(&self) {
        self.keep(true);
    }

    fn changed(&self, key: &SessionKey) {
        self.forget(key);
    }

    fn all_changed(&self) {
        self.clear();
    }

    fn lost(&self) {
        self.keep(false);
    }
}

#[async_trait]
impl<B: Backend> Backend for NearCache<B> {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.listen();
        let read = self.shared.memory.read(key);
        #[cfg(feature = "metrics")]
        self.shared.reads.count(matches!(read, Read::Kept(_)));
        match read {
            Read::Kept(found) => Ok(Loaded::Found(found)),
            Read::Wait(flight) => self.wait(key, flight).await,
            Read::Ask(flight, landing) => {
                self.ask(*key, flight.clone(), landing);
                self.wait(key, flight).await
            }
        }
    }

    async fn load_fresh(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        let _stale = self.stale(key);
        self.asked("load", self.store().load_fresh(key)).await
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        self.asked("renewed", self.store().renewed(key)).await
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        let mut stale = self.stale(key);
        let created = self.asked("create", self.store().create(key, draft)).await?;
        if let Created::Done { ended } = &created {
            ended.iter().for_each(|key| stale.and(key));
        }
        Ok(created)
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        let mut stale = self.stale(key);
        let updated = self.asked("update", self.store().update(key, change)).await?;
        if let Updated::Conflict(found) = &updated {
            stale.and(&found.key);
        }
        Ok(updated)
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        let _stale = self.stale(key);
        self.asked("touch", self.store().touch(key)).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        let mut stale = self.stale(key);
        stale.and(&rotation.to);
        let rotated = self.asked("rotate", self.store().rotate(key, rotation)).await?;
        match &rotated {
            Rotated::Done { ended } => ended.iter().for_each(|key| stale.and(key)),
            Rotated::Conflict(found) => stale.and(&found.key),
            Rotated::Missing(_) | Rotated::Taken | Rotated::Full => {}
        }
        Ok(rotated)
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        let mut stale = self.stale(key);
        let ended = self.asked("delete", self.store().delete(key)).await?;
        if let Some(found) = &ended {
            stale.and(&found.key);
        }
        Ok(ended)
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        let _stale = self.stale(key);
        self.asked("restore", self.store().restore(key, record)).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        self.asked("of_user", self.store().of_user(user)).await
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        self.asked("sweep", self.store().sweep(limit)).await
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        self.asked("stats", self.store().stats()).await
    }

    async fn health(&self) -> Health {
        let mut health = self.store().health().await;
        let coherence = self.coherence().as_str();
        health.stores.iter_mut().for_each(|store| store.near_cache = Some(coherence));
        health
    }

    fn name(&self) -> &'static str {
        "near_cache"
    }
}

impl<B> Clone for NearCache<B> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<B: Backend> fmt::Debug for NearCache<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NearCache")
            .field("backend", self.store())
            .field("coherence", &self.coherence())
            .finish_non_exhaustive()
    }
}
