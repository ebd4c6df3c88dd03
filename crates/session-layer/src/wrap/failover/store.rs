use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::time::{Instant, timeout};

use crate::backend::{
    Backend, BackendError, BackendErrorKind, Change, Created, Draft, Found, Health, Loaded,
    Payload, Record, Renewed, Rotated, Rotation, SessionKey, Stats, Swept, Updated, UserId,
};
use crate::observe::Calls;

/// A backend that is not waited for longer than so.
pub(super) struct Store {
    backend: Arc<dyn Backend>,
    calls: Calls,
    patience: Duration,
    /// What is written to see whether it can be.
    probe: SessionKey,
    doubts: AtomicU64,
}

/// Longer than any two probes are apart.
const PROBE_LIFE: Duration = Duration::from_secs(600);

impl Store {
    pub(super) fn new(backend: Arc<dyn Backend>, patience: Duration, probe: SessionKey) -> Self {
        let calls = Calls::of(backend.name());
        Self { backend, calls, patience, probe, doubts: AtomicU64::new(0) }
    }

    /// When whatever is asked of it now will have ended.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.patience
    }

    /// How often there was reason to doubt that it has what it had: each call that failed is one.
    pub(super) fn doubts(&self) -> u64 {
        self.doubts.load(Ordering::SeqCst)
    }

    pub(super) fn doubt(&self) {
        self.doubts.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether it can be written to.
    pub(super) async fn answers(&self) -> Result<(), BackendError> {
        let now = SystemTime::now();
        let record = Record {
            version: 1,
            payload: Payload::default(),
            user: None,
            created: now,
            last_seen: now,
            idle: PROBE_LIFE,
            ends: now + PROBE_LIFE,
        };
        self.restore(&self.probe, &record).await.map(drop)
    }

    async fn bounded<T>(
        &self,
        verb: &'static str,
        call: impl Future<Output = Result<T, BackendError>>,
    ) -> Result<T, BackendError> {
        let late = |_| Err(BackendError::new(BackendErrorKind::Timeout));
        let answer = async { timeout(self.patience, call).await.unwrap_or_else(late) };
        let answer = self.calls.call(verb, answer).await;
        if answer.is_err() {
            self.doubt();
        }
        answer
    }
}

#[async_trait]
impl Backend for Store {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.bounded("load", self.backend.load(key)).await
    }

    async fn load_stale(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.bounded("load", self.backend.load_stale(key)).await
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        self.bounded("renewed", self.backend.renewed(key)).await
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        self.bounded("create", self.backend.create(key, draft)).await
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        self.bounded("update", self.backend.update(key, change)).await
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        self.bounded("touch", self.backend.touch(key)).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        self.bounded("rotate", self.backend.rotate(key, rotation)).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        self.bounded("delete", self.backend.delete(key)).await
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        self.bounded("restore", self.backend.restore(key, record)).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        self.bounded("of_user", self.backend.of_user(user)).await
    }

    /// Nobody waits for it, and it may take its time.
    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        self.backend.sweep(limit).await
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        self.bounded("stats", self.backend.stats()).await
    }

    /// As others wait for it.
    async fn health(&self) -> Health {
        let health = timeout(self.patience, self.backend.health()).await;
        health.unwrap_or_else(|_| Health::late(self.name()))
    }

    fn name(&self) -> &'static str {
        self.backend.name()
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.backend.fmt(f)
    }
}
