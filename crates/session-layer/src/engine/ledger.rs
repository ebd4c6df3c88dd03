use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use auth_core::Clock;
use tower_sessions_core::session::Id;

mod commit;
#[cfg(feature = "guard")]
mod guarded;
#[cfg(feature = "guard")]
mod heir;
mod reading;
mod store;

use super::edit::Update;
use super::fault::Fault;
use super::id::SessionId;
use super::note::NoteEdit;
use super::plan::{FieldUpdate, Known, Live};
use crate::backend::{Found, SessionKey, UserId};
use crate::config::Config;
use crate::cookie::SentId;
use crate::event::{Ending, SessionEventKind};
use crate::status::SessionStatus;
use reading::Reading;

#[cfg(feature = "guard")]
pub(crate) use guarded::Look;
#[cfg(feature = "guard")]
pub(crate) use heir::Heir;

pub(crate) use super::plan::{Stay, Turn, Wish};

/// The store behind the `Session` of one request. It remembers what was loaded, so that a save
/// becomes the fields that changed, and it keeps what the verbs want until the commit.
pub(crate) struct Ledger {
    config: Arc<Config>,
    this: Weak<Self>,
    state: Mutex<State>,
}

struct State {
    known: Known,
    wish: Wish,
    updates: Vec<FieldUpdate>,
    notes: Vec<Arc<NoteEdit>>,
    /// What is done when all that is committed.
    afterwards: Vec<Box<dyn FnOnce() + Send>>,
    /// The id that the `Session` has, if it has one.
    session_id: Option<Id>,
    cookie: CookieChange,
    fault: Option<Fault>,
    /// The request does not count as activity.
    passive: bool,
    /// Which copy of the session the request reads.
    reading: Reading,
    /// What is known was read where it may be old.
    is_copy: bool,
    /// The id that the layer before us gave, if that is what the request came with.
    predecessor: Option<Id>,
    /// The session was the predecessor's until now.
    taken_over: bool,
    handover: Handover,
    /// The key that the request came with.
    #[cfg(feature = "guard")]
    asked_for: Option<SessionKey>,
    /// A guard has looked at the session.
    #[cfg(feature = "guard")]
    is_guarded: bool,
    /// Why the session ends, if it does.
    ending: Ending,
}

/// Whether the `Session` has what was loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handover {
    /// It has asked for nothing yet.
    Unasked,
    /// Something was loaded for it, ahead of its asking.
    Ready,
    /// It has asked.
    Done,
}

/// What becomes of the client's cookie.
#[derive(Debug)]
pub(crate) enum CookieChange {
    /// Nothing.
    Keep,
    /// It gets this id. The lifetime is none for a cookie that ends with the browser.
    Set { id: SessionId, max_age: Option<Duration> },
    /// It keeps its id, and gets this lifetime.
    Extend { max_age: Option<Duration> },
    /// It is removed.
    Remove,
}

impl Ledger {
    /// For a request that came with this id.
    pub(crate) fn open(config: Arc<Config>, sent: &SentId) -> Arc<Self> {
        let key = sent.key();
        let state = State {
            known: key.map_or(Known::Nothing, Known::Unasked),
            wish: Wish::default(),
            updates: Vec::new(),
            notes: Vec::new(),
            afterwards: Vec::new(),
            session_id: key.as_ref().map(public_id),
            cookie: CookieChange::Keep,
            fault: None,
            passive: false,
            reading: Reading::Usual,
            is_copy: false,
            predecessor: sent.predecessor(),
            taken_over: false,
            handover: Handover::Unasked,
            #[cfg(feature = "guard")]
            asked_for: key,
            #[cfg(feature = "guard")]
            is_guarded: false,
            ending: Ending::Logout,
        };
        Arc::new_cyclic(|this| Self { config, this: this.clone(), state: Mutex::new(state) })
    }

    pub(crate) fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// The id for the `Session`: that of the request, if it has one.
    pub(crate) fn session_id(&self) -> Option<Id> {
        self.state().session_id
    }

    /// Makes a change to what the request wants.
    pub(crate) fn wish(&self, change: impl FnOnce(&mut Wish)) {
        change(&mut self.state().wish);
    }

    /// Has a field made of what it is at the commit.
    pub(crate) fn update(&self, name: String, update: Arc<Update>) {
        self.state().updates.push(FieldUpdate { name, update });
    }

    /// The request does not count as activity.
    pub(crate) fn make_passive(&self) {
        self.state().passive = true;
    }

    /// What becomes of the cookie; asked once, at the end.
    pub(crate) fn take_cookie_change(&self) -> CookieChange {
        mem::replace(&mut self.state().cookie, CookieChange::Keep)
    }

    /// Whether the predecessor's cookie has served its turn.
    pub(crate) fn drops_predecessor(&self) -> bool {
        self.state().drops_predecessor()
    }

    /// Whether anything is left to do although the session was not changed.
    pub(crate) fn has_errand(&self) -> bool {
        let state = self.state();
        match &state.known {
            Known::Unasked(_) | Known::Unreachable(_) => false,
            _ if state.drops_predecessor() || state.changes_cookie() => true,
            Known::Live(_) if !state.notes.is_empty() || state.uses_new_id() => true,
            Known::Live(_) => {
                let now = self.config.clock.now();
                state.is_due_for_touch(now) || state.is_due_for_renewal(&self.config, now)
            }
            Known::Nothing | Known::Superseded => false,
        }
    }

    /// Why the last commit failed.
    pub(crate) fn take_fault(&self) -> Option<Fault> {
        self.state().fault.take()
    }

    /// The user of the live session.
    pub(crate) async fn user(&self) -> Result<Option<UserId>, Fault> {
        self.ask().await?;
        Ok(self.live(|live| live.record.user.clone()).flatten())
    }

    /// The user of the live session, where neither a guest's answer will do nor an old one.
    pub(crate) async fn known_user(&self) -> Result<Option<UserId>, Fault> {
        self.read_no_copy();
        self.reach().await?;
        self.replace_copy().await?;
        self.user().await
    }

    /// Fails while the backend can't say whether there is a session.
    pub(crate) async fn reach(&self) -> Result<(), Fault> {
        match self.status().await? {
            SessionStatus::Unreachable => Err(Fault::UNREACHABLE),
            SessionStatus::Live | SessionStatus::Absent => Ok(()),
        }
    }

    /// Whether there is a session.
    pub(crate) async fn status(&self) -> Result<SessionStatus, Fault> {
        match self.ask().await {
            Err(fault) if fault.is_outage() => return Ok(SessionStatus::Unreachable),
            outcome => outcome?,
        }
        Ok(match &self.state().known {
            Known::Live(_) => SessionStatus::Live,
            Known::Nothing | Known::Superseded => SessionStatus::Absent,
            Known::Unasked(_) | Known::Unreachable(_) => SessionStatus::Unreachable,
        })
    }

    /// The handle of the live session.
    pub(crate) fn handle(&self) -> Option<String> {
        self.live(|live| live.content.handle.clone())
    }

    /// Whether the session has had its id for so long that it should get another one.
    pub(crate) fn is_due_for_renewal(&self) -> bool {
        self.state().is_due_for_renewal(&self.config, self.config.clock.now())
    }

    /// Whether there is something to write down although nothing was changed: that the session was
    /// seen. It is written once per tenth of the idle time.
    pub(crate) fn is_due_for_touch(&self) -> bool {
        self.state().is_due_for_touch(self.config.clock.now())
    }

    /// Counts the session as seen.
    pub(crate) async fn touch(&self) {
        let Some(key) = self.live(|live| live.key) else { return };
        if let Err(error) = self.config.backend.touch(&key).await {
            // The session is as good as it was, and the next request tries again.
            let _ = Fault::from(error);
        }
    }

    /// Commits what is to become of the note, and that the client has its id, where nothing else is
    /// to be committed.
    pub(crate) async fn commit_notes(&self) {
        let Some(view) = self.live(|live| Arc::clone(&live.view)) else { return };
        if self.has_notes() {
            // Whoever needs to know has it committed at once.
            let _ = self.commit(&view).await;
        }
    }

    fn has_notes(&self) -> bool {
        let state = self.state();
        !state.notes.is_empty() || state.uses_new_id()
    }

    /// Ends a session that was to get another id: its `Session` has none to end it by.
    pub(crate) async fn end_rotated(&self) -> Result<(), Fault> {
        let rotates = self.state().wish.rotation.is_some();
        if rotates { self.end().await } else { Ok(()) }
    }

    /// Ends the session, at once: that holds whatever becomes of the response.
    async fn end(&self) -> Result<(), Fault> {
        let key = match &self.state().known {
            Known::Unasked(key) | Known::Unreachable(key) => Some(*key),
            Known::Live(live) => Some(live.key),
            Known::Nothing | Known::Superseded => None,
        };
        let ended = match key {
            Some(key) => self.config.backend.delete(&key).await?,
            None => None,
        };
        if let Some(Found { key, record }) = ended {
            let kind = SessionEventKind::Ended(self.state().ending);
            self.config.events.tell(kind, key, record.user);
        }
        let mut state = self.state();
        state.known = Known::Nothing;
        state.session_id = None;
        state.wish = Wish::default();
        state.updates.clear();
        state.notes.clear();
        state.afterwards.clear();
        state.cookie = CookieChange::Remove;
        Ok(())
    }

    fn note(&self, fault: Fault) -> Fault {
        self.state().fault = Some(fault);
        fault
    }

    fn live<T>(&self, read: impl FnOnce(&Live) -> T) -> Option<T> {
        match &self.state().known {
            Known::Live(live) => Some(read(live)),
            _ => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn changes_cookie(&self) -> bool {
        !matches!(self.cookie, CookieChange::Keep)
    }

    fn drops_predecessor(&self) -> bool {
        self.predecessor.is_some() && !matches!(self.known, Known::Unasked(_))
    }

    /// Whether it is to be written down that the client has the id that it got by a renewal. Only a
    /// guard asks.
    #[cfg(feature = "guard")]
    fn uses_new_id(&self) -> bool {
        let Known::Live(live) = &self.known else { return false };
        let has_id = self.asked_for == Some(live.key);
        self.is_guarded && !self.passive && has_id && live.content.is_id_unused()
    }

    #[cfg(not(feature = "guard"))]
    fn uses_new_id(&self) -> bool {
        false
    }

    fn is_due_for_touch(&self, now: SystemTime) -> bool {
        let Known::Live(live) = &self.known else { return false };
        let unseen = now.duration_since(live.record.last_seen).unwrap_or_default();
        !self.passive && unseen >= live.record.idle / 10
    }

    fn is_due_for_renewal(&self, config: &Config, now: SystemTime) -> bool {
        let Known::Live(live) = &self.known else { return false };
        let is_old = |every| live.content.id_age(now) >= every;
        self.taken_over || config.renew_every.is_some_and(is_old)
    }
}

/// The id of a session that handlers see and may log. It is part of its key, and opens nothing.
fn public_id(key: &SessionKey) -> Id {
    let half = key.as_bytes().first_chunk::<16>().copied().unwrap_or_default();
    Id(i128::from_le_bytes(half))
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}
