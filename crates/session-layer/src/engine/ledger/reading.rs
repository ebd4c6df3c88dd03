//! What is read of the session of a request, and how old that may be.

use super::super::fault::Fault;
use super::super::plan::{Known, Live};
use super::{Handover, Ledger, State};
use crate::backend::{Found, Loaded, Missing, SessionKey};
use crate::event::SessionEventKind;

/// How old what a request reads may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// As old as the backend's loads are.
    Usual,
    /// Not old at all.
    Fresh,
    /// As old as a replica's copy.
    Stale,
}

impl Ledger {
    /// The request reads nothing old.
    pub(crate) fn make_fresh(&self) {
        let mut state = self.state();
        state.reading = Reading::Fresh;
        if state.handover == Handover::Ready {
            state.handover = Handover::Unasked;
        }
    }

    /// The request may read a copy, unless it reads nothing old.
    pub(crate) fn make_stale(&self) {
        let mut state = self.state();
        if state.reading == Reading::Usual {
            state.reading = Reading::Stale;
        }
    }

    /// The request reads no copy from now on.
    pub(crate) fn read_no_copy(&self) {
        let mut state = self.state();
        if state.reading == Reading::Stale {
            state.reading = Reading::Usual;
        }
    }

    /// Asks the backend for the session, unless that was done.
    pub(super) async fn ask(&self) -> Result<(), Fault> {
        let key = match &self.state().known {
            Known::Unasked(key) => *key,
            _ => return Ok(()),
        };
        self.reload(key).await
    }

    /// A backend that can't be asked leaves a guest, unless the layer is told otherwise.
    pub(super) async fn reload(&self, key: SessionKey) -> Result<(), Fault> {
        match self.look_up(key).await {
            Err(fault) if fault.is_outage() && self.config.serves_guests => {
                self.state().known = Known::Unreachable(key);
                Ok(())
            }
            outcome => outcome,
        }
    }

    async fn look_up(&self, key: SessionKey) -> Result<(), Fault> {
        match self.find(key).await.map_err(|fault| self.note(fault))? {
            Loaded::Found(found) => {
                let user = found.record.user.clone();
                self.config.events.tell(SessionEventKind::Loaded, found.key, user);
                self.learn(found)
            }
            Loaded::Missing(missing) => {
                if missing == Missing::Absent {
                    self.config.events.tell(SessionEventKind::Unknown, key, None);
                }
                self.state().known = missing.into();
                Ok(())
            }
        }
    }

    async fn find(&self, key: SessionKey) -> Result<Loaded, Fault> {
        let loaded = self.load(&key).await?;
        let id = self.state().predecessor;
        let (Loaded::Missing(Missing::Absent), Some(id)) = (&loaded, id) else { return Ok(loaded) };
        let Some(predecessor) = &self.config.predecessor else { return Ok(loaded) };
        if !predecessor.take_over(&self.config, id, &key).await? {
            return Ok(loaded);
        }
        self.state().taken_over = true;
        self.load(&key).await
    }

    async fn load(&self, key: &SessionKey) -> Result<Loaded, Fault> {
        let (backend, reading) = (&self.config.backend, self.state().next_reading());
        let loaded = match reading {
            Reading::Usual => backend.load(key).await?,
            Reading::Fresh => backend.load_fresh(key).await?,
            Reading::Stale => backend.load_stale(key).await?,
        };
        self.state().is_copy = reading == Reading::Stale;
        Ok(loaded)
    }

    /// Reads what may be old once more.
    pub(super) async fn replace_copy(&self) -> Result<(), Fault> {
        let key = self.live(|live| live.key).filter(|_| self.state().is_copy);
        let Some(key) = key else { return Ok(()) };
        match self.load(&key).await? {
            Loaded::Found(found) => self.catch_up(found),
            Loaded::Missing(missing) => {
                self.state().known = missing.into();
                Ok(())
            }
        }
    }

    fn learn(&self, found: Found) -> Result<(), Fault> {
        let content = self.config.codec.decode(&found.key, &found.record.payload);
        let content = content.map_err(|error| self.note(error.into()))?;
        self.state().known = Known::Live(Box::new(Live::new(found, content)));
        Ok(())
    }

    /// Takes over what somebody else has made of the session, and keeps what this request has seen.
    pub(super) fn catch_up(&self, found: Found) -> Result<(), Fault> {
        let content = self.config.codec.decode(&found.key, &found.record.payload)?;
        let mut state = self.state();
        if let Known::Live(live) = &mut state.known {
            live.key = found.key;
            live.record = found.record;
            live.content = content;
        }
        state.is_copy = false;
        Ok(())
    }
}

impl State {
    /// A copy is read once: another one may be older than what the request has read or written.
    fn next_reading(&self) -> Reading {
        match (self.reading, &self.known) {
            (Reading::Stale, Known::Unasked(_)) => Reading::Stale,
            (Reading::Stale, _) => Reading::Usual,
            (reading, _) => reading,
        }
    }
}
