use std::sync::Arc;
use std::time::Duration;

use auth_core::{Clock, SharedClock};
use tokio::time::timeout;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::Id;
use tower_sessions_core::session_store::Result as StoreResult;

use super::entry::{Entry, id_of_session};
use super::fault::{backend_error, corrupt, timed_out};
use super::locks::{Locks, Reading, Writing};
use super::session::Session;
use super::time::millis;
use crate::backend::{BackendError, Missing, SessionKey};

/// A store, and what keeps its clients in this process out of each other's way.
pub(super) struct Shelf {
    pub(super) store: Arc<dyn SessionStore>,
    pub(super) clock: SharedClock,
    pub(super) locks: Locks,
    /// How long to wait for others.
    pub(super) patience: Duration,
}

/// What there is to see under a key.
pub(super) enum Sight {
    Live(Session),
    LeadsTo(SessionKey),
    Missing(Missing),
}

/// After this, what was asked of the store is taken for not going to happen.
const GIVEN_UP: Duration = Duration::from_secs(60);

impl Shelf {
    pub(super) fn now(&self) -> u64 {
        millis(self.clock.now())
    }

    /// While these are held, nobody writes under the keys.
    pub(super) async fn reading(&self, keys: &[SessionKey]) -> Result<Reading<'_>, BackendError> {
        self.wait(self.locks.read(keys)).await
    }

    /// While these are held, nobody else reads or writes under the keys.
    pub(super) async fn writing(&self, keys: &[SessionKey]) -> Result<Writing<'_>, BackendError> {
        self.wait(self.locks.write(keys)).await
    }

    pub(super) async fn wait<T>(&self, lock: impl Future<Output = T>) -> Result<T, BackendError> {
        timeout(self.patience, lock).await.map_err(|_| timed_out())
    }

    pub(super) async fn look(&self, key: &SessionKey) -> Result<Sight, BackendError> {
        let absent = Sight::Missing(Missing::Absent);
        let Some(entry) = self.read(id_of_session(key)).await? else { return Ok(absent) };
        let now = self.now();
        match entry {
            Entry::Session(session) if session.key != *key => Err(corrupt()),
            Entry::Session(session) if session.expires() <= now => Ok(absent),
            Entry::Session(session) => Ok(Sight::Live(session)),
            Entry::Former(former) if former.forgotten <= now => Ok(absent),
            Entry::Former(former) => Ok(match former.leads_to(now) {
                Some(successor) => Sight::LeadsTo(successor),
                None => Sight::Missing(former.missing()),
            }),
            Entry::Roll(_) => Err(corrupt()),
        }
    }

    pub(super) async fn read(&self, id: Id) -> Result<Option<Entry>, BackendError> {
        let record = ask(self.store.load(&id)).await?;
        record.map(Entry::of_record).transpose()
    }

    /// Whether it was created: false if the store has something under its id.
    pub(super) async fn create(&self, entry: &Entry) -> Result<bool, BackendError> {
        let mut record = entry.to_record()?;
        let wanted = record.id;
        ask(self.store.create(&mut record)).await?;
        if record.id == wanted {
            return Ok(true);
        }
        // A store gives a record another id rather than refuse it.
        ask(self.store.delete(&record.id)).await?;
        Ok(false)
    }

    /// In place of what is there.
    pub(super) async fn replace(&self, entry: &Entry) -> Result<(), BackendError> {
        ask(self.store.save(&entry.to_record()?)).await
    }
}

async fn ask<T>(call: impl Future<Output = StoreResult<T>>) -> Result<T, BackendError> {
    let answer = timeout(GIVEN_UP, call).await.map_err(|_| timed_out())?;
    answer.map_err(backend_error)
}
