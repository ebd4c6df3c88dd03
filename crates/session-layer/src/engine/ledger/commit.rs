//! What a request wants becomes what the backend has.

use std::mem;
use std::time::Duration;

use auth_core::Clock;

use super::super::backoff::Backoff;
use super::super::content::Fields;
use super::super::fault::Fault;
use super::super::id::SessionId;
use super::super::plan::{Known, Live, Plan, Step, Turn, Wish};
use super::{CookieChange, Ledger, State};
use crate::backend::{Created, Found, Missing, Rotated, SessionKey, Updated};
use crate::event::{Ending, SessionEventKind};

/// Whether a step was taken, or has to be planned anew.
enum Progress {
    Done,
    Again,
}

impl Ledger {
    /// Makes the backend agree with the fields and the wishes.
    pub(super) async fn commit(&self, fields: &Fields) -> Result<(), Fault> {
        self.ask().await?;
        let mut backoff = Backoff::start();
        while let Some(step) = self.plan(fields)? {
            match self.take(step).await? {
                Progress::Done => break,
                Progress::Again => backoff.pause().await.map_err(|_| Fault::Contended)?,
            }
        }
        let afterwards = mem::take(&mut self.state().afterwards);
        afterwards.into_iter().for_each(|act| act());
        Ok(())
    }

    fn plan(&self, fields: &Fields) -> Result<Option<Step>, Fault> {
        let state = self.state();
        let State { known, wish, updates, notes, .. } = &*state;
        let (now, uses_id) = (self.config.clock.now(), state.uses_new_id());
        let config = &self.config;
        Plan { config, known, wish, updates, notes, uses_id, fields, now }.step()
    }

    async fn take(&self, step: Step) -> Result<Progress, Fault> {
        match step {
            Step::Create { id, draft, next } => {
                match self.config.backend.create(&id.key(), &draft).await? {
                    Created::Done { ended } => {
                        self.began(id, next, ended, SessionEventKind::Created)
                    }
                    Created::Taken => Ok(Progress::Again),
                    Created::Full => Err(Fault::Full),
                }
            }
            Step::Update { key, change, next } => {
                match self.config.backend.update(&key, &change).await? {
                    Updated::Done(version) => Ok(self.updated(version, next)),
                    Updated::Conflict(found) => self.catch_up(found).map(|()| Progress::Again),
                    Updated::Missing(missing) => self.lost(missing),
                }
            }
            Step::Rotate { key, id, rotation, next } => {
                match self.config.backend.rotate(&key, &rotation).await? {
                    Rotated::Done { ended } => self.turned(id, next, ended),
                    Rotated::Conflict(found) => self.conflicted(found),
                    Rotated::Missing(missing) => self.lost(missing),
                    Rotated::Taken => Ok(Progress::Again),
                    Rotated::Full => Err(Fault::Full),
                }
            }
        }
    }

    fn turned(
        &self,
        id: SessionId,
        next: Box<Live>,
        ended: Vec<SessionKey>,
    ) -> Result<Progress, Fault> {
        let turn = self.state().wish.rotation;
        let kind = match turn {
            Some(Turn::Replace) => {
                #[cfg(feature = "metrics")]
                self.live(|former| crate::metrics::replaced(&former.record));
                SessionEventKind::LoggedIn
            }
            _ => SessionEventKind::Renewed,
        };
        self.began(id, next, ended, kind)
    }

    /// The session has a new id, and its client gets it.
    fn began(
        &self,
        id: SessionId,
        next: Box<Live>,
        ended: Vec<SessionKey>,
        kind: SessionEventKind,
    ) -> Result<Progress, Fault> {
        let user = next.record.user.clone();
        self.config.events.tell(kind, next.key, user.clone());
        for key in ended {
            self.config.events.tell(SessionEventKind::Ended(Ending::Cap), key, user.clone());
        }
        let mut state = self.state();
        state.cookie = CookieChange::Set { id, max_age: max_age(&next) };
        state.settle(next);
        Ok(Progress::Done)
    }

    fn updated(&self, version: u64, mut next: Box<Live>) -> Progress {
        next.record.version = version;
        let mut state = self.state();
        if state.wish.stay.is_some() && !matches!(state.cookie, CookieChange::Set { .. }) {
            state.cookie = CookieChange::Extend { max_age: max_age(&next) };
        }
        state.settle(next);
        Progress::Done
    }

    /// Of several requests that renew a session, the first does it; a login goes on.
    fn conflicted(&self, found: Found) -> Result<Progress, Fault> {
        let moved = self.live(|live| live.key != found.key).unwrap_or(false);
        self.catch_up(found)?;
        let mut state = self.state();
        if moved && state.wish.rotation == Some(Turn::Renew) {
            state.wish.rotation = None;
        }
        Ok(Progress::Again)
    }

    /// The session was ended while this request went on: so are its changes, as if they had come
    /// just before. A login begins a new one.
    fn lost(&self, missing: Missing) -> Result<Progress, Fault> {
        let mut state = self.state();
        state.known = missing.into();
        if state.wish.rotation == Some(Turn::Replace) {
            return Ok(Progress::Again);
        }
        state.afterwards.clear();
        match missing {
            Missing::Absent => Ok(Progress::Done),
            Missing::Superseded => Err(Fault::Superseded),
        }
    }
}

impl State {
    fn settle(&mut self, next: Box<Live>) {
        self.known = Known::Live(next);
        self.is_copy = false;
        self.wish = Wish::default();
        self.updates.clear();
        self.notes.clear();
        self.fault = None;
        self.taken_over = false;
    }
}

/// How long the browser keeps the cookie; none for until it is closed.
fn max_age(live: &Live) -> Option<Duration> {
    let left = || live.record.ends.duration_since(live.record.last_seen).unwrap_or_default();
    live.content.remembered.then(left)
}
