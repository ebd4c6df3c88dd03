use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use serde_json::Value;
use time::OffsetDateTime;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store::{Error, Result};

use super::fault::{corrupt, told};
use crate::backend::{
    Backend, Change, Created, Draft, Found, Lifetime, Loaded, Payload, SessionKey, Updated,
};

/// A [`Backend`] as a [`SessionStore`], for what takes nothing else: tower-sessions'
/// `SessionManagerLayer`, and with it axum-login's `AuthManagerLayerBuilder`.
///
/// Prefer a [`SessionLayer`](crate::SessionLayer), on which the same handlers run. Under a
/// `SessionManagerLayer` the backend can not keep what that layer does not tell it:
///
/// - Changes: a save brings the whole session and not what it was when it was loaded, so that of
///   requests at the same time the last one wins, and the others' changes are lost.
/// - Logins: a new id is a new session and the end of the old one, so that a request with the old id
///   is a guest's. A request in flight with the old id does not bring it back: what it saves is
///   dropped.
/// - Users: there are none, so that devices, caps and a logout everywhere are not to be had.
///
/// It keeps these: an ended session stays ended, an expired one is not found, a new one never
/// overwrites another, and ids are hashed before the backend sees them. Sessions of a
/// [`SessionLayer`](crate::SessionLayer) on the same backend are not seen, nor harmed; to move on to
/// one, give this store to its [`take_over`](crate::SessionLayerBuilder::take_over).
///
/// ```
/// use session_layer::backend::{AsSessionStore, MemoryBackend};
/// use tower_sessions::SessionManagerLayer;
///
/// let layer = SessionManagerLayer::new(AsSessionStore::new(MemoryBackend::new()));
/// # let _ = layer;
/// ```
#[derive(Clone)]
pub struct AsSessionStore {
    backend: Arc<dyn Backend>,
}

impl AsSessionStore {
    /// This backend.
    pub fn new(backend: impl Backend) -> Self {
        Self::shared(Arc::new(backend))
    }

    /// A backend that the application uses elsewhere too.
    pub fn shared(backend: Arc<dyn Backend>) -> Self {
        Self { backend }
    }

    /// The session as it is now.
    async fn find(&self, id: &Id) -> Result<Option<Found>> {
        match self.backend.load(&key(id)).await.map_err(|error| told(&error))? {
            Loaded::Found(found) => Ok(Some(found)),
            Loaded::Missing(_) => Ok(None),
        }
    }
}

#[async_trait]
impl SessionStore for AsSessionStore {
    async fn create(&self, record: &mut Record) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let (payload, lifetime) = (payload(record)?, lifetime(record.expiry_date));
            let draft = Draft { payload, user: None, lifetime, cap: None };
            let created = self.backend.create(&key(&record.id), &draft).await;
            if let Created::Done { .. } = created.map_err(|error| told(&error))? {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(Error::Backend("no id is free".into()))
    }

    /// Of a session that was ended meanwhile it changes nothing, as if it had come just before.
    async fn save(&self, record: &Record) -> Result<()> {
        let mut found = self.find(&record.id).await?;
        for _ in 0..ATTEMPTS {
            let Some(Found { key, record: now }) = found else { return Ok(()) };
            let (payload, lifetime) = (payload(record)?, Some(lifetime(record.expiry_date)));
            let change = Change { version: now.version, payload, lifetime };
            let updated = self.backend.update(&key, &change).await;
            found = match updated.map_err(|error| told(&error))? {
                Updated::Conflict(found) => Some(found),
                Updated::Done(_) | Updated::Missing(_) => return Ok(()),
            };
        }
        Err(Error::Backend("too many requests change the session at the same time".into()))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(Found { record, .. }) = self.find(id).await? else { return Ok(None) };
        let data: HashMap<String, Value> =
            serde_json::from_slice(record.payload.as_bytes()).map_err(|_| told(&corrupt()))?;
        let expiry_date = OffsetDateTime::from(record.expires());
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.backend.delete(&key(id)).await.map(drop).map_err(|error| told(&error))
    }
}

/// More than there are requests of one session at the same time.
const ATTEMPTS: u32 = 100;

/// No id of a [`SessionLayer`](crate::SessionLayer) has this slash in it, so that both may share a
/// backend.
fn key(id: &Id) -> SessionKey {
    SessionKey::of_id(&format!("tower-sessions/{id}"))
}

fn payload(record: &Record) -> Result<Payload> {
    let json = serde_json::to_vec(&record.data);
    json.map(Payload::from_bytes).map_err(|_| Error::Encode("the session is no JSON".into()))
}

/// What is over already lives for a millisecond.
fn lifetime(end: OffsetDateTime) -> Lifetime {
    let left = SystemTime::from(end).duration_since(SystemTime::now()).unwrap_or_default();
    let left = left.max(Duration::from_millis(1));
    Lifetime { idle: left, absolute: left }
}

impl fmt::Debug for AsSessionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsSessionStore").field("backend", &self.backend).finish()
    }
}
