//! The decisions of a ledger: what is known of a session, what a request wants of it, and the
//! step that follows. Nothing here waits.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::content::{Content, Fields};
use super::edit::{Edit, Unfit, Update};
use super::fault::Fault;
use super::id::SessionId;
use super::note::{NoteEdit, StoredNote};
use crate::backend::{
    Change, Draft, Found, Lifetime, Missing, Payload, Record, Rotation, RotationKind, SessionKey,
    UserId,
};
use crate::config::Config;

/// What is known of the session that a request came with.
#[derive(Debug)]
pub(super) enum Known {
    /// The backend was not asked yet.
    Unasked(SessionKey),
    /// It is live, as far as this request knows.
    Live(Box<Live>),
    /// There is none.
    Nothing,
    /// It was replaced a moment ago, and the client most likely has the new id by now.
    Superseded,
    /// The backend could not be asked: the request is served as a guest's, and changes nothing.
    Unreachable(SessionKey),
}

/// A live session.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) key: SessionKey,
    pub(super) record: Record,
    pub(super) content: Arc<Content>,
    /// The fields as the handler's `Session` had them when it last agreed with the backend.
    pub(super) view: Arc<Fields>,
}

/// What the verbs of a request want beside changed fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    pub(crate) rotation: Option<Turn>,
    /// The user to register the session under.
    pub(crate) user: Option<UserId>,
    pub(crate) label: Option<String>,
    pub(crate) stay: Option<Stay>,
}

/// Why the session is to get another id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The old id is good for some grace.
    Renew,
    /// The old id is dead at once.
    Replace,
}

/// How long a session is to live, and whether its cookie outlives the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stay {
    pub(crate) lifetime: Lifetime,
    pub(crate) remembered: bool,
}

/// A field that is made of its present value.
pub(super) struct FieldUpdate {
    pub(super) name: String,
    pub(super) update: Arc<Update>,
}

/// One call of the backend, and what the session is if it succeeds.
#[derive(Debug)]
pub(super) enum Step {
    Create { id: SessionId, draft: Draft, next: Box<Live> },
    Update { key: SessionKey, change: Change, next: Box<Live> },
    Rotate { key: SessionKey, id: SessionId, rotation: Rotation, next: Box<Live> },
}

/// All that a step follows from.
pub(super) struct Plan<'a> {
    pub(super) config: &'a Config,
    pub(super) known: &'a Known,
    pub(super) wish: &'a Wish,
    pub(super) updates: &'a [FieldUpdate],
    pub(super) notes: &'a [Arc<NoteEdit>],
    /// The client has come with the id that it got by a renewal.
    pub(super) uses_id: bool,
    /// As the handler's `Session` has them now.
    pub(super) fields: &'a Fields,
    pub(super) now: SystemTime,
}

impl Live {
    pub(super) fn new(found: Found, content: Arc<Content>) -> Self {
        let Found { key, record } = found;
        let view = Arc::clone(&content.fields);
        Self { key, record, content, view }
    }
}

impl Plan<'_> {
    /// What to do; none for nothing.
    pub(super) fn step(&self) -> Result<Option<Step>, Fault> {
        match self.known {
            Known::Live(live) => self.change(live),
            Known::Superseded if self.is_idle() => Ok(None),
            Known::Superseded if self.wish.rotation != Some(Turn::Replace) => {
                Err(Fault::Superseded)
            }
            Known::Nothing if self.is_idle() => Ok(None),
            Known::Nothing | Known::Superseded => self.create().map(Some),
            Known::Unasked(_) => Ok(None),
            Known::Unreachable(_) => Err(Fault::UNREACHABLE),
        }
    }

    /// Whether a session that is not there need not be.
    fn is_idle(&self) -> bool {
        self.fields.is_empty() && self.wish.user.is_none()
    }

    fn create(&self) -> Result<Step, Fault> {
        let mut content = Content::begin(self.now).ok_or(Fault::NoRandomness)?;
        let view = Arc::new(self.fields.clone());
        content.fields = Arc::clone(&view);
        self.adorn(&mut content);
        let content = Arc::new(content);
        let (id, payload) = self.under_new_id(&content)?;
        let draft = self.draft(payload, self.wish.user.clone(), content.remembered);
        let next = self.begun(id.key(), &draft, content, view);
        Ok(Step::Create { id, draft, next: Box::new(next) })
    }

    fn change(&self, live: &Live) -> Result<Option<Step>, Fault> {
        let edit = Edit::between(&live.view, self.fields).with_updates(self.updates(live));
        let mut content = Content::clone(&live.content);
        self.adorn(&mut content);
        let is_same = edit.is_empty() && content.note == live.content.note && !self.uses_id;
        if is_same && self.wish.rotation.is_none() && !self.changes_stay(live) {
            return Ok(None);
        }
        let view = Arc::new(self.fields.clone());
        content.fields = self.merged(live, &edit, &view)?;
        match self.wish.rotation {
            None => self.update(live, Arc::new(content), view).map(Some),
            Some(turn) => self.rotate(live, turn, content, view).map(Some),
        }
    }

    /// What the fields become. If nobody else has changed them, that is what the handler sees.
    fn merged(&self, live: &Live, edit: &Edit, view: &Arc<Fields>) -> Result<Arc<Fields>, Fault> {
        if Arc::ptr_eq(&live.content.fields, &live.view) {
            return Ok(Arc::clone(view));
        }
        let mut fields = Fields::clone(&live.content.fields);
        edit.apply(&mut fields).map_err(|Unfit| Fault::Unfit)?;
        Ok(Arc::new(fields))
    }

    fn update(&self, live: &Live, content: Arc<Content>, view: Arc<Fields>) -> Result<Step, Fault> {
        let payload = self.config.codec.encode(&live.key, &content).ok_or(Fault::NoRandomness)?;
        let lifetime = self.wish.stay.map(|stay| stay.lifetime);
        let change = Change { version: live.record.version, payload, lifetime };
        let record = self.seen(live);
        let next = Live { key: live.key, record, content, view };
        Ok(Step::Update { key: live.key, change, next: Box::new(next) })
    }

    fn rotate(
        &self,
        live: &Live,
        turn: Turn,
        mut content: Content,
        view: Arc<Fields>,
    ) -> Result<Step, Fault> {
        match turn {
            Turn::Renew => content.renew(self.now),
            Turn::Replace => content.replace(self.now),
        }
        let content = Arc::new(content);
        let (id, payload) = self.under_new_id(&content)?;
        let (kind, next) = match turn {
            Turn::Renew => {
                let lifetime = self.wish.stay.map(|stay| stay.lifetime);
                let mut record = self.seen(live);
                record.version += 1;
                let next = Live { key: id.key(), record, content, view };
                let (grace, kept) = (self.config.grace, self.config.old_ids_kept);
                (RotationKind::Renew { payload, lifetime, grace, kept }, next)
            }
            Turn::Replace => {
                let user = self.wish.user.clone().or_else(|| live.record.user.clone());
                let draft = self.draft(payload, user, content.remembered);
                let next = self.begun(id.key(), &draft, content, view);
                (RotationKind::Replace(draft), next)
            }
        };
        let rotation = Rotation { version: live.record.version, to: id.key(), kind };
        Ok(Step::Rotate { key: live.key, id, rotation, next: Box::new(next) })
    }

    /// The id of a session that begins or moves, and its content sealed under it.
    fn under_new_id(&self, content: &Arc<Content>) -> Result<(SessionId, Payload), Fault> {
        let id = SessionId::generate().ok_or(Fault::NoRandomness)?;
        let payload = self.config.codec.encode(&id.key(), content).ok_or(Fault::NoRandomness)?;
        Ok((id, payload))
    }

    fn draft(&self, payload: Payload, user: Option<UserId>, remembered: bool) -> Draft {
        let stay = self.wish.stay.unwrap_or_else(|| self.config.stay(remembered));
        Draft { payload, user, lifetime: stay.lifetime, cap: self.config.cap }
    }

    /// A session that begins now.
    fn begun(
        &self,
        key: SessionKey,
        draft: &Draft,
        content: Arc<Content>,
        view: Arc<Fields>,
    ) -> Live {
        let record = Record {
            version: 1,
            payload: Payload::default(),
            user: draft.user.clone(),
            created: self.now,
            last_seen: self.now,
            idle: draft.lifetime.idle,
            ends: self.now + draft.lifetime.absolute,
        };
        Live { key, record, content, view }
    }

    /// The record of a session that is changed now.
    fn seen(&self, live: &Live) -> Record {
        let mut record = live.record.clone();
        record.last_seen = self.now;
        if let Some(stay) = self.wish.stay {
            record.idle = stay.lifetime.idle;
            record.ends = self.now + stay.lifetime.absolute;
        }
        record
    }

    fn adorn(&self, content: &mut Content) {
        if let Some(label) = &self.wish.label {
            content.label = Some(label.clone());
        }
        if let Some(stay) = self.wish.stay {
            content.remembered = stay.remembered;
        }
        if self.wish.user.is_some() {
            content.log_in(self.now);
        }
        if self.uses_id {
            content.use_id();
        }
        for edit in self.notes {
            let text = edit(content.note.as_ref().map(StoredNote::as_str));
            content.note = text.map(StoredNote::from);
        }
    }

    fn changes_stay(&self, live: &Live) -> bool {
        self.wish.stay.is_some_and(|stay| {
            let record = &live.record;
            let absolute = record.ends.duration_since(self.now).unwrap_or_default();
            stay.remembered != live.content.remembered
                || stay.lifetime.idle != record.idle
                || stay.lifetime.absolute.abs_diff(absolute) > ROUGHLY
        })
    }

    /// The updates that the handler has not overwritten since.
    fn updates(&self, live: &Live) -> Vec<(String, Arc<Update>)> {
        if self.updates.is_empty() {
            return Vec::new();
        }
        let mut made = Fields::clone(&live.view);
        let mut updates = Vec::new();
        for FieldUpdate { name, update } in self.updates {
            if let Some(value) = update(made.get(name)) {
                made.insert(name.clone(), value);
            }
            updates.push((name.clone(), Arc::clone(update)));
        }
        updates.retain(|(name, _)| made.get(name) == self.fields.get(name));
        updates
    }
}

impl From<Missing> for Known {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Absent => Self::Nothing,
            Missing::Superseded => Self::Superseded,
        }
    }
}

/// Ends that differ by less are the same: time passes between wish and commit.
const ROUGHLY: Duration = Duration::from_secs(2);
