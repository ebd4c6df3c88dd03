//! A backend that fails when it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use async_trait::async_trait;
use session_layer::backend::{
    Backend, BackendError, BackendErrorKind, Change, Created, Draft, Found, Loaded, MemoryBackend,
    Record, Renewed, Rotated, Rotation, SessionKey, Stats, Swept, Updated, UserId,
};
use test_servers::until;
use tokio::task::yield_now;

/// What becomes of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Health {
    Up,
    /// It does nothing.
    Down,
    /// It does what it is asked to, and its answer is lost.
    Mute,
    /// It never answers.
    Hung,
    /// It reads, and has no room to write.
    Full,
}

/// A memory backend with a switch. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Faulty {
    pub(crate) memory: Arc<MemoryBackend>,
    health: Arc<AtomicU8>,
    copies: Arc<AtomicU32>,
    hanging: Arc<AtomicU32>,
}

impl Faulty {
    pub(crate) fn over(memory: MemoryBackend) -> Self {
        let health = Arc::new(AtomicU8::new(Health::Up as u8));
        Self { memory: Arc::new(memory), health, copies: Arc::default(), hanging: Arc::default() }
    }

    /// How often it was asked for what may be old.
    pub(crate) fn copies(&self) -> u32 {
        self.copies.load(Ordering::SeqCst)
    }

    /// Waits until it has been asked something that it never answers.
    pub(crate) async fn keeps_waiting(&self) {
        let waits = async || (self.hanging.load(Ordering::SeqCst) > 0).then_some(());
        until("somebody waited for it", waits).await.unwrap();
    }

    pub(crate) fn set(&self, health: Health) {
        self.health.store(health as u8, Ordering::SeqCst);
    }

    fn is(&self, health: Health) -> bool {
        self.health.load(Ordering::SeqCst) == health as u8
    }

    async fn call<T>(
        &self,
        is_write: bool,
        call: impl Future<Output = Result<T, BackendError>>,
    ) -> Result<T, BackendError> {
        yield_now().await;
        if self.is(Health::Hung) {
            self.hanging.fetch_add(1, Ordering::SeqCst);
            std::future::pending::<()>().await;
        }
        if is_write && self.is(Health::Full) {
            return Err(BackendError::new(BackendErrorKind::OutOfSpace));
        }
        let answer = if self.is(Health::Down) { Err(unavailable()) } else { call.await };
        yield_now().await;
        if self.is(Health::Mute) || self.is(Health::Down) { Err(unavailable()) } else { answer }
    }
}

fn unavailable() -> BackendError {
    BackendError::new(BackendErrorKind::Unavailable)
}

#[async_trait]
impl Backend for Faulty {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.call(false, self.memory.load(key)).await
    }

    async fn load_stale(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.copies.fetch_add(1, Ordering::SeqCst);
        self.load(key).await
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        self.call(false, self.memory.renewed(key)).await
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        self.call(true, self.memory.create(key, draft)).await
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        self.call(true, self.memory.update(key, change)).await
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        self.call(true, self.memory.touch(key)).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        self.call(true, self.memory.rotate(key, rotation)).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        self.call(true, self.memory.delete(key)).await
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        self.call(true, self.memory.restore(key, record)).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        self.call(false, self.memory.of_user(user)).await
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        self.call(true, self.memory.sweep(limit)).await
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        self.call(false, self.memory.stats()).await
    }
}
