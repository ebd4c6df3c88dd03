//! Where a `LoginThrottle` keeps its counts: beside the sessions, as sessions of nobody, for that is
//! what every backend can keep.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use guard_layer::{AttemptKey, AttemptStore, AttemptStoreError, KeptAttempts};

use crate::backend::{
    Backend, BackendError, Change, Created, Draft, Found, Lifetime, Loaded, Payload, SessionKey,
    Updated,
};

/// The counts of a [`LoginThrottle`](guard_layer::LoginThrottle) in the backend of the sessions, so
/// that all nodes count together. Needs the feature `guard`.
///
/// Each count is a record without a user, under a keyed hash for which no cookie can have an id: it is
/// in nobody's list of devices, and no session. It is among the live ones of
/// [`Stats`](crate::backend::Stats) until it expires, after two to three hours, and after 60 days for an
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
pub struct LoginAttempts(Arc<dyn Backend>);

impl LoginAttempts {
    /// Keeps the counts in this backend.
    pub fn in_backend(backend: Arc<dyn Backend>) -> Self {
        Self(backend)
    }

    async fn create(
        &self,
        key: &SessionKey,
        payload: Payload,
        life: Duration,
    ) -> Result<bool, BackendError> {
        let lifetime = Lifetime { idle: life, absolute: life };
        let draft = Draft { payload, user: None, lifetime, cap: None };
        Ok(matches!(self.0.create(key, &draft).await?, Created::Done { .. }))
    }

    async fn update(
        &self,
        key: &SessionKey,
        payload: Payload,
        version: u64,
    ) -> Result<bool, BackendError> {
        let change = Change { version, payload, lifetime: None };
        Ok(matches!(self.0.update(key, &change).await?, Updated::Done(_)))
    }
}

#[async_trait]
impl AttemptStore for LoginAttempts {
    async fn load(&self, key: &AttemptKey) -> Result<Option<KeptAttempts>, AttemptStoreError> {
        let loaded = self.0.load_fresh(&session_key(key)).await;
        Ok(match loaded.map_err(AttemptStoreError::caused_by)? {
            Loaded::Found(Found { record, .. }) => {
                let note = record.payload.as_bytes().to_vec();
                Some(KeptAttempts { note, version: record.version })
            }
            Loaded::Missing(_) => None,
        })
    }

    async fn keep(
        &self,
        key: &AttemptKey,
        note: &[u8],
        replaces: Option<u64>,
        life: Duration,
    ) -> Result<bool, AttemptStoreError> {
        let (key, payload) = (session_key(key), Payload::from_bytes(note.to_vec()));
        let kept = match replaces {
            None => self.create(&key, payload, life).await,
            Some(version) => self.update(&key, payload, version).await,
        };
        kept.map_err(AttemptStoreError::caused_by)
    }
}

/// Ids are hashed without a key, so that none has one of these.
fn session_key(key: &AttemptKey) -> SessionKey {
    SessionKey::from_bytes(*key.as_bytes())
}
