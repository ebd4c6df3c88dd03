//! What a `Session` asks of its store.

use std::mem;

use async_trait::async_trait;
use auth_core::Clock;
use time::OffsetDateTime;
use tower_sessions_core::session::{Id, Record as TowerRecord};
use tower_sessions_core::{SessionStore, session_store};

use super::super::content::Fields;
use super::super::fault::Fault;
use super::super::knock;
use super::super::plan::{Known, Turn};
use super::{Handover, Ledger, public_id};

#[async_trait]
impl SessionStore for Ledger {
    async fn create(&self, record: &mut TowerRecord) -> session_store::Result<()> {
        self.knocked()?;
        self.commit_for_session(record).await?;
        if let Some(key) = self.live(|live| live.key) {
            record.id = public_id(&key);
            self.state().session_id = Some(record.id);
        }
        Ok(())
    }

    async fn save(&self, record: &TowerRecord) -> session_store::Result<()> {
        self.knocked()?;
        // A `Session` keeps its id when it is deleted and not flushed; ended is ended all the same.
        if self.session_id().is_none() {
            return Ok(());
        }
        self.commit_for_session(record).await
    }

    async fn load(&self, _id: &Id) -> session_store::Result<Option<TowerRecord>> {
        self.knocked()?;
        let known = match &self.state().known {
            Known::Unasked(key) | Known::Unreachable(key) => Some(*key),
            Known::Live(live) => Some(live.key),
            Known::Nothing | Known::Superseded => None,
        };
        let is_ready = mem::replace(&mut self.state().handover, Handover::Done) == Handover::Ready;
        if let Some(key) = known.filter(|_| !is_ready) {
            self.reload(key).await.map_err(told)?;
        }
        Ok(self.view())
    }

    /// A `Session` deletes by its own id to end, and by its record's id to get another one. They
    /// differ, because [`view`](Self::view) gave the record an id of its own.
    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.knocked()?;
        if self.session_id() == Some(*id) {
            return self.end().await.map_err(told);
        }
        self.wish(|wish| {
            wish.rotation.get_or_insert(Turn::Replace);
        });
        Ok(())
    }
}

impl Ledger {
    async fn commit_for_session(&self, record: &TowerRecord) -> session_store::Result<()> {
        self.commit(&record.data).await.map_err(|fault| told(self.note(fault)))
    }

    fn knocked(&self) -> session_store::Result<()> {
        knock::answer(|| self.this.upgrade())
    }

    /// What the `Session` gets to see.
    fn view(&self) -> Option<TowerRecord> {
        let state = self.state();
        let id = loaded_id(state.session_id?);
        let (data, expires) = match &state.known {
            Known::Live(live) => (Fields::clone(&live.view), live.record.expires()),
            Known::Unreachable(_) => (Fields::default(), self.config.clock.now()),
            Known::Unasked(_) | Known::Nothing | Known::Superseded => return None,
        };
        Some(TowerRecord { id, data, expiry_date: OffsetDateTime::from(expires) })
    }
}

/// The id of a record that was loaded.
fn loaded_id(session_id: Id) -> Id {
    Id(!session_id.0)
}

fn told(fault: Fault) -> session_store::Error {
    session_store::Error::Backend(fault.to_string())
}
