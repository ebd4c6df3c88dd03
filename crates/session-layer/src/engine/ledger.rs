use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use auth_core::Clock;
use time::OffsetDateTime;
use tower_sessions_core::session::{Id, Record as TowerRecord};
use tower_sessions_core::{SessionStore, session_store};

#[cfg(feature = "guard")]
mod guarded;

use super::backoff::Backoff;
use super::content::Fields;
use super::edit::Update;
use super::fault::Fault;
use super::id::SessionId;
use super::knock;
use super::note::NoteEdit;
use super::plan::{FieldUpdate, Known, Live, Plan, Step};
use crate::backend::{Created, Found, Loaded, Missing, Rotated, SessionKey, Updated, UserId};
use crate::config::Config;
use crate::cookie::SentId;
use crate::event::{Ending, SessionEventKind};
use crate::status::SessionStatus;

#[cfg(feature = "guard")]
pub(crate) use guarded::Look;

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

/// How old what a request reads may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// As old as the backend's loads are.
    Usual,
    /// Not old at all.
    Fresh,
    /// As old as a replica's copy.
    Stale,
}

/// Whether a step was taken, or has to be planned anew.
enum Progress {
    Done,
    Again,
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
            Known::Live(_) if !state.notes.is_empty() => true,
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

    /// Commits what is to become of the note, where nothing else is to be committed.
    pub(crate) async fn commit_notes(&self) {
        let Some(view) = self.live(|live| Arc::clone(&live.view)) else { return };
        if !self.state().notes.is_empty() {
            // Whoever needs to know has it committed at once.
            let _ = self.commit(&view).await;
        }
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

    /// Asks the backend for the session, unless that was done.
    async fn ask(&self) -> Result<(), Fault> {
        let key = match &self.state().known {
            Known::Unasked(key) => *key,
            _ => return Ok(()),
        };
        self.reload(key).await
    }

    /// A backend that can't be asked leaves a guest, unless the layer is told otherwise.
    async fn reload(&self, key: SessionKey) -> Result<(), Fault> {
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
    async fn replace_copy(&self) -> Result<(), Fault> {
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
    fn catch_up(&self, found: Found) -> Result<(), Fault> {
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

    /// Makes the backend agree with the fields and the wishes.
    async fn commit(&self, fields: &Fields) -> Result<(), Fault> {
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
        let now = self.config.clock.now();
        Plan { config: &self.config, known, wish, updates, notes, fields, now }.step()
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
            Some(Turn::Replace) => SessionEventKind::LoggedIn,
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

    async fn commit_for_session(&self, record: &TowerRecord) -> session_store::Result<()> {
        self.commit(&record.data).await.map_err(|fault| told(self.note(fault)))
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

    fn knocked(&self) -> session_store::Result<()> {
        knock::answer(|| self.this.upgrade())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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

impl State {
    fn changes_cookie(&self) -> bool {
        !matches!(self.cookie, CookieChange::Keep)
    }

    fn drops_predecessor(&self) -> bool {
        self.predecessor.is_some() && !matches!(self.known, Known::Unasked(_))
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

    /// A copy is read once: another one may be older than what the request has read or written.
    fn next_reading(&self) -> Reading {
        match (self.reading, &self.known) {
            (Reading::Stale, Known::Unasked(_)) => Reading::Stale,
            (Reading::Stale, _) => Reading::Usual,
            (reading, _) => reading,
        }
    }

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

/// The id of a session that handlers see and may log. It is part of its key, and opens nothing.
fn public_id(key: &SessionKey) -> Id {
    let half = key.as_bytes().first_chunk::<16>().copied().unwrap_or_default();
    Id(i128::from_le_bytes(half))
}

/// The id of a record that was loaded.
fn loaded_id(session_id: Id) -> Id {
    Id(!session_id.0)
}

/// How long the browser keeps the cookie; none for until it is closed.
fn max_age(live: &Live) -> Option<Duration> {
    let left = || live.record.ends.duration_since(live.record.last_seen).unwrap_or_default();
    live.content.remembered.then(left)
}

fn told(fault: Fault) -> session_store::Error {
    session_store::Error::Backend(fault.to_string())
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}
