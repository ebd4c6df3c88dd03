//! Where a `LoginThrottle` keeps its counts: in notes beside the sessions.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use guard_layer::{AttemptKey, AttemptStore, AttemptStoreError, KeptAttempts};

use crate::backend::Backend;
use crate::notes::{Note, Notes};

/// The counts of a [`LoginThrottle`](guard_layer::LoginThrottle) in the backend of the sessions, so
/// that all nodes count together. Needs the feature `guard`.
///
/// Each count is one of the [`Notes`], under a keyed hash: it is in nobody's list of devices, and no
/// session. It takes room until it expires, after two to three hours, and after 60 days for an
/// address from which an account has logged in. Counts are as safe as sessions: a
/// `TowerBackend` over a store that others write to at the same instant may lose some.
///
/// ```
/// use std::sync::Arc;
///
/// use guard_layer::LoginThrottle;
/// use session_layer::LoginAttempts;
/// use session_layer::backend::{Backend, MemoryBackend};
///
/// let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::new());
/// let secret = [7; 32]; // random, the same on all nodes
/// let attempts = LoginAttempts::in_backend(Arc::clone(&backend));
/// let throttle = LoginThrottle::builder(Arc::new(attempts), &secret).build();
/// # drop(throttle);
/// ```
#[derive(Clone, Debug)]
pub struct LoginAttempts(Notes);

impl LoginAttempts {
    /// Keeps the counts in this backend.
    pub fn in_backend(backend: Arc<dyn Backend>) -> Self {
        Self(Notes::in_backend(backend))
    }
}

#[async_trait]
impl AttemptStore for LoginAttempts {
    async fn load(&self, key: &AttemptKey) -> Result<Option<KeptAttempts>, AttemptStoreError> {
        let note = self.0.load(key.as_bytes()).await.map_err(AttemptStoreError::caused_by)?;
        Ok(note.map(|Note { bytes, version }| KeptAttempts { note: bytes, version }))
    }

    async fn keep(
        &self,
        key: &AttemptKey,
        note: &[u8],
        replaces: Option<u64>,
        life: Duration,
    ) -> Result<bool, AttemptStoreError> {
        let kept = self.0.keep(key.as_bytes(), note.to_vec(), replaces, life).await;
        kept.map_err(AttemptStoreError::caused_by)
    }
}
