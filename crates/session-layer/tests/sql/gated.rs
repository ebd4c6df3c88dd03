use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use session_layer::backend::{
    Backend, BackendError, Change, Created, Draft, Found, Loaded, Record, Renewed, Rotated,
    Rotation, SessionKey, Stats, Swept, Updated, UserId,
};
use session_layer::conformance::Subject;
use tokio::sync::RwLock;

use super::Aged;

/// Sessions of which nobody begins to ask while a gate is closed. What was asked before then goes
/// on.
pub(crate) struct Gated {
    pub(crate) sessions: Aged,
    pub(crate) gate: Arc<RwLock<()>>,
}

impl Gated {
    async fn open(&self) -> &dyn Backend {
        drop(self.gate.read().await);
        self.sessions.backend()
    }
}

impl fmt::Debug for Gated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gated").finish_non_exhaustive()
    }
}

#[async_trait]
impl Subject for Gated {
    fn backend(&self) -> &dyn Backend {
        self
    }

    async fn advance(&self, by: Duration) {
        self.sessions.advance(by).await;
    }
}

#[async_trait]
impl Backend for Gated {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.open().await.load(key).await
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        self.open().await.renewed(key).await
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        self.open().await.create(key, draft).await
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        self.open().await.update(key, change).await
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        self.open().await.touch(key).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        self.open().await.rotate(key, rotation).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        self.open().await.delete(key).await
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        self.open().await.restore(key, record).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        self.open().await.of_user(user).await
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        self.open().await.sweep(limit).await
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        self.open().await.stats().await
    }
}
