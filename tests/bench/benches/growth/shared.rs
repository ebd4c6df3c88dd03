use std::sync::Arc;

use async_trait::async_trait;
use session_layer::backend::{
    Backend, BackendError, Change, Created, Draft, Found, Loaded, Record, Renewed, Rotated,
    Rotation, SessionKey, Stats, Swept, Updated, UserId,
};

/// A backend that the layer has, and that is asked past it too.
#[derive(Clone, Debug)]
pub(crate) struct Shared(pub(crate) Arc<dyn Backend>);

#[async_trait]
impl Backend for Shared {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.0.load(key).await
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        self.0.renewed(key).await
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        self.0.create(key, draft).await
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        self.0.update(key, change).await
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        self.0.restore(key, record).await
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        self.0.touch(key).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        self.0.rotate(key, rotation).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        self.0.delete(key).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        self.0.of_user(user).await
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        self.0.sweep(limit).await
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        self.0.stats().await
    }
}
