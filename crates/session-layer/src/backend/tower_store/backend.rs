use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::timeout;
use tower_sessions_core::SessionStore;

use super::builder::TowerBuilder;
use super::fault::{refused, timed_out};
use super::shelf::Shelf;
use crate::backend::{
    Backend, BackendError, BackendErrorKind, Change, Created, Draft, Found, Health, Loaded, Record,
    Renewed, Rotated, Rotation, SessionKey, Stats, StoreHealth, Swept, Updated, UserId,
};

/// Keeps sessions in a [`SessionStore`] of tower-sessions, whichever that is, and weakens these
/// promises of [`Backend`], for such a store can only create, save, load and delete one record:
///
/// - **Within one process** a verb is one step for all others of this process, because it holds
///   locks meanwhile; but if the process or the store dies in the middle of it, half may be done: a
///   user may have a session too many, and a session that is getting another key may go on under
///   both. None is lost.
/// - **Several processes** on one store lose what the store loses. Of changes to one session at the
///   same time, the last is kept, and the others are lost though they were answered `Done`. A change
///   that is in flight while another process ends the session brings it back, and so does a restore;
///   of restores at the same time, the last is kept, whatever its version. A cap may be
///   exceeded by as many logins as there are at the same time. A session may be missing in the list
///   of its user, and so escape a logout everywhere, until it is next touched, if two processes
///   wrote that list at the same time. A sequence of requests to several processes, one after the
///   other, loses nothing: ended sessions are remembered in the store.
/// - **Time** is that of this process's clock; those of several processes must agree.
/// - **[`stats`](Backend::stats)** is refused, for a `SessionStore` can't count.
/// - **[`sweep`](Backend::sweep)** removes nothing and tells of nothing, for a `SessionStore` can't
///   list: nobody knows which sessions have expired. Redis removes those by itself; for others, run
///   what they bring along, such as `continuously_delete_expired`.
/// - A store that drops records to make room, as caches do, ends sessions and forgets that they were
///   ended: use none.
///
/// Measured with tower-sessions-redis-store on Redis 7.0, of 50 changes of one session at the same
/// time: in one process 50 are kept, in two processes 44 to 50 (in 20 runs each); of a tower-sessions
/// layer's, 1 is.
///
/// A load is one call of the store, for a [`StaleLayer`](crate::StaleLayer) too, an update two, a
/// login six and one more for every session that the user has, or two where a cap leaves no room.
///
/// It is there for who has a store of their own, or can't leave one yet. The sessions that a
/// tower-sessions layer has put into the store are not seen: those
/// [`take_over`](crate::SessionLayerBuilder::take_over) moves.
///
/// ```
/// # async fn of(store: tower_sessions_memory_store::MemoryStore) {
/// use session_layer::{SessionLayer, backend::TowerBackend};
///
/// let layer = SessionLayer::builder(TowerBackend::new(store)).build();
/// # }
/// ```
#[derive(Clone)]
pub struct TowerBackend {
    shelf: Arc<Shelf>,
    timeout: Duration,
}

impl TowerBackend {
    /// One on this store, with a deadline of 500 ms.
    pub fn new(store: impl SessionStore) -> Self {
        TowerBuilder::new(Arc::new(store)).finish()
    }

    /// One with another deadline or clock.
    pub fn builder(store: impl SessionStore) -> TowerBuilder {
        TowerBuilder::new(Arc::new(store))
    }

    pub(super) fn over(shelf: Shelf, timeout: Duration) -> Self {
        Self { shelf: Arc::new(shelf), timeout }
    }

    /// A verb that writes goes on when nobody waits for it any more, because its time is over or
    /// its request was cancelled: until the store has answered, nobody knows what the store holds,
    /// and the locks keep others from it.
    async fn perform<T: Send + 'static>(
        &self,
        verb: impl Future<Output = Result<T, BackendError>> + Send + 'static,
    ) -> Result<T, BackendError> {
        match timeout(self.timeout, tokio::spawn(verb)).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(BackendError::caused_by(BackendErrorKind::Unavailable, BROKEN_OFF)),
            Err(_) => Err(timed_out()),
        }
    }
}

const BROKEN_OFF: &str = "the store panicked, or the runtime has ended";

#[async_trait]
impl Backend for TowerBackend {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        timeout(self.timeout, self.shelf.load(key)).await.unwrap_or_else(|_| Err(timed_out()))
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        timeout(self.timeout, self.shelf.renewed(key)).await.unwrap_or_else(|_| Err(timed_out()))
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        let (shelf, key, draft) = (Arc::clone(&self.shelf), *key, draft.clone());
        self.perform(async move { shelf.create_session(&key, &draft).await }).await
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        let (shelf, key, change) = (Arc::clone(&self.shelf), *key, change.clone());
        self.perform(async move { shelf.update(&key, &change).await }).await
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        let (shelf, key) = (Arc::clone(&self.shelf), *key);
        self.perform(async move { shelf.touch(&key).await }).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        let (shelf, key, rotation) = (Arc::clone(&self.shelf), *key, rotation.clone());
        self.perform(async move { shelf.rotate(&key, &rotation).await }).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        let (shelf, key) = (Arc::clone(&self.shelf), *key);
        self.perform(async move { shelf.delete(&key).await }).await
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        let (shelf, key, record) = (Arc::clone(&self.shelf), *key, record.clone());
        self.perform(async move { shelf.restore(&key, &record).await }).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        timeout(self.timeout, self.shelf.of_user(user)).await.unwrap_or_else(|_| Err(timed_out()))
    }

    async fn sweep(&self, _limit: u32) -> Result<Swept, BackendError> {
        Ok(Swept::default())
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        Err(refused("a tower_sessions::SessionStore can not count its sessions"))
    }

    /// A store is up if it can say that it has no such session.
    async fn health(&self) -> Health {
        let nobodys = SessionKey::of_id("");
        Health::of(StoreHealth::of(self.name(), &self.load(&nobodys).await))
    }

    fn name(&self) -> &'static str {
        "tower"
    }
}

/// Without the store, whose own text may have all its sessions.
impl fmt::Debug for TowerBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerBackend").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
