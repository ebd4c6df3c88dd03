//! A memory backend that counts its loads, and lets them wait or fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use auth_core::ManualClock;
use session_layer::backend::{
    Backend, BackendError, BackendErrorKind, Change, Created, Draft, Found, Loaded, MemoryBackend,
    Record, Renewed, Rotated, Rotation, SessionKey, Stats, Swept, Updated, UserId,
};
use tokio::sync::Semaphore;

#[derive(Clone, Debug)]
pub(crate) struct Spy(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    backend: MemoryBackend,
    loads: AtomicUsize,
    is_down: AtomicBool,
    holds: AtomicBool,
    go_on: Semaphore,
}

impl Spy {
    pub(crate) fn new(clock: ManualClock) -> Self {
        let backend = MemoryBackend::builder().clock(clock).build().unwrap();
        let (loads, is_down, holds) = Default::default();
        Self(Arc::new(Inner { backend, loads, is_down, holds, go_on: Semaphore::new(0) }))
    }

    /// How many loads there were since it was last asked.
    pub(crate) fn take_loads(&self) -> usize {
        self.0.loads.swap(0, Ordering::SeqCst)
    }

    /// From now on it can't be reached, or can be again.
    pub(crate) fn go_down(&self, is_down: bool) {
        self.0.is_down.store(is_down, Ordering::SeqCst);
    }

    /// From now on a load waits between its reading and its answer, until it is let go.
    pub(crate) fn hold(&self) {
        self.0.holds.store(true, Ordering::SeqCst);
    }

    pub(crate) fn let_one_go(&self) {
        self.0.holds.store(false, Ordering::SeqCst);
        self.0.go_on.add_permits(1);
    }

    /// Comes back when so many loads have read.
    pub(crate) async fn has_read(&self, times: usize) {
        let ask = async || (self.0.loads.load(Ordering::SeqCst) >= times).then_some(());
        test_servers::until("the store was read", ask).await.unwrap();
    }
}

#[async_trait]
impl Backend for Spy {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        let loaded = self.0.backend.load(key).await;
        let holds = self.0.holds.load(Ordering::SeqCst);
        self.0.loads.fetch_add(1, Ordering::SeqCst);
        if holds {
            self.0.go_on.acquire().await.unwrap().forget();
        }
        match self.0.is_down.load(Ordering::SeqCst) {
            true => Err(BackendError::caused_by(BackendErrorKind::Unavailable, "it is down")),
            false => loaded,
        }
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        self.0.backend.renewed(key).await
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        self.0.backend.create(key, draft).await
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        self.0.backend.update(key, change).await
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        self.0.backend.touch(key).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        self.0.backend.rotate(key, rotation).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        self.0.backend.delete(key).await
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        self.0.backend.restore(key, record).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        self.0.backend.of_user(user).await
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        self.0.backend.sweep(limit).await
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        self.0.backend.stats().await
    }
}
