//! A backend that tells how it was called, and fails when it is told to.

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use session_layer::backend::MemoryBackend;
use session_layer::backend::{
    Backend, BackendError, BackendErrorKind, Change, Created, Draft, Found, Loaded, Payload,
    Record, Renewed, Rotated, Rotation, RotationKind, SessionKey, Stats, Swept, Updated, UserId,
};
use tokio::task::yield_now;

/// Watches a memory backend.
#[derive(Clone, Debug)]
pub(crate) struct Spy(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    backend: MemoryBackend,
    calls: Mutex<Vec<&'static str>>,
    payloads: Mutex<Vec<Payload>>,
    is_down: AtomicBool,
    writes_fail: AtomicBool,
    hangs: AtomicBool,
}

impl Spy {
    pub(crate) fn over(backend: MemoryBackend) -> Self {
        Self(Arc::new(Inner {
            backend,
            calls: Mutex::default(),
            payloads: Mutex::default(),
            is_down: AtomicBool::new(false),
            writes_fail: AtomicBool::new(false),
            hangs: AtomicBool::new(false),
        }))
    }

    /// The calls since it was last asked.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        mem::take(&mut *self.0.calls.lock().unwrap())
    }

    /// Everything that was ever written.
    pub(crate) fn written(&self) -> Vec<Payload> {
        self.0.payloads.lock().unwrap().clone()
    }

    /// From now on it can't be reached, or can be again.
    pub(crate) fn go_down(&self, is_down: bool) {
        self.0.is_down.store(is_down, Ordering::SeqCst);
    }

    /// From now on it can be read only, or written again.
    pub(crate) fn fail_writes(&self, fail: bool) {
        self.0.writes_fail.store(fail, Ordering::SeqCst);
    }

    /// From now on it never answers.
    pub(crate) fn hang(&self) {
        self.0.hangs.store(true, Ordering::SeqCst);
    }

    /// As a backend somewhere else takes its time, other requests get their turn.
    async fn called(&self, verb: &'static str) -> Result<&MemoryBackend, BackendError> {
        yield_now().await;
        if self.0.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        // Figures are asked for now and then, by nobody's request.
        if verb != "stats" {
            self.0.calls.lock().unwrap().push(verb);
        }
        let is_read =
            matches!(verb, "load" | "load_fresh" | "load_stale" | "renewed" | "of_user" | "stats");
        let is_down = self.0.is_down.load(Ordering::SeqCst);
        match is_down || (!is_read && self.0.writes_fail.load(Ordering::SeqCst)) {
            true => {
                Err(BackendError::caused_by(BackendErrorKind::Unavailable, "secret of the spy"))
            }
            false => Ok(&self.0.backend),
        }
    }

    fn wrote(&self, payload: &Payload) {
        self.0.payloads.lock().unwrap().push(payload.clone());
    }
}

#[async_trait]
impl Backend for Spy {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.called("load").await?.load(key).await
    }

    async fn load_fresh(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.called("load_fresh").await?.load_fresh(key).await
    }

    async fn load_stale(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.called("load_stale").await?.load_stale(key).await
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        self.called("renewed").await?.renewed(key).await
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        self.wrote(&draft.payload);
        self.called("create").await?.create(key, draft).await
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        self.wrote(&change.payload);
        self.called("update").await?.update(key, change).await
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        self.called("touch").await?.touch(key).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        match &rotation.kind {
            RotationKind::Renew { payload, .. } => self.wrote(payload),
            RotationKind::Replace(draft) => self.wrote(&draft.payload),
        }
        self.called("rotate").await?.rotate(key, rotation).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        self.called("delete").await?.delete(key).await
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        self.wrote(&record.payload);
        self.called("restore").await?.restore(key, record).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        self.called("of_user").await?.of_user(user).await
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        self.called("sweep").await?.sweep(limit).await
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        self.called("stats").await?.stats().await
    }
}
