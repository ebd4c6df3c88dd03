use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use auth_core::{Clock, Rejection};

use super::config::Config;
use super::decide::Case;
use crate::audit::{GuardEvent, GuardEventKind};
use crate::decision::Decision;
use crate::facts::{Facts, OldCopy};
use crate::guarded::{Guarded, Looked};
use crate::judge::Judge;
use crate::memory::Memory;
use crate::note::{Asked, Given, Note, StoredNote};
use crate::shown::seconds;
use crate::sight::Sight;

/// A request and its session, while it is served. Layers and handlers further in find it in the
/// request's extensions.
pub(crate) struct Visit {
    pub(crate) config: Arc<Config>,
    pub(crate) session: Guarded,
    pub(crate) whose: Whose,
    sight: Arc<Sight>,
    now: SystemTime,
    /// The session has moved with this request.
    moves: bool,
    /// A handler has begun the memory anew.
    renewed: AtomicBool,
}

/// Whose session it is.
pub(crate) enum Whose {
    User {
        user: Arc<str>,
        login: Option<SystemTime>,
        stored: StoredNote,
        old_copy: Option<OldCopy>,
    },
    Nobody,
    /// It can't be told, and this is how that is refused where it matters.
    Unknown(Rejection),
}

/// What was decided on a request.
#[derive(Clone, Copy)]
pub(super) struct Decided {
    pub(super) decision: Decision,
    /// Whether it has something new to remember.
    due: bool,
}

impl Visit {
    /// Looks whose session it is.
    pub(super) async fn begin(config: Arc<Config>, session: Guarded, sight: Arc<Sight>) -> Self {
        let whose = match session.look().await {
            Ok(Some(Looked { user, login, note, old_copy })) => {
                let stored = note.unwrap_or_else(|| StoredNote::from("{}".to_owned()));
                Whose::User { user, login, stored, old_copy }
            }
            Ok(None) => Whose::Nobody,
            Err(rejection) => Whose::Unknown(rejection),
        };
        let now = config.judge.clock.now();
        let renewed = AtomicBool::new(false);
        Self { config, session, whose, sight, now, moves: false, renewed }
    }

    /// Decides, tells of it, and does to the session what was decided.
    pub(super) async fn decide(&mut self) -> Result<Decided, Rejection> {
        let Whose::User { stored, old_copy, .. } = &self.whose else {
            return Ok(Decided { decision: Decision::Allow, due: false });
        };
        let Judge { policy, peppers, watch, .. } = &self.config.judge;
        let policy = policy.load();
        let failures = stored.read().failures;
        let login_failures = failures.map_or(0, |failures| failures.lately(self.seconds()));
        let facts = Facts { old_copy: *old_copy, login_failures, ..self.sight.facts(watch) };
        let case = Case::new(&policy, self.config.limits, stored, &facts, (self.now, peppers));
        let ruling = case.decide();
        self.moves = case.is_elsewhere();
        let due = ruling.decision == Decision::Allow && case.is_due(peppers.current());
        #[cfg(feature = "metrics")]
        self.config.judge.decisions.count(ruling.decision);
        if let Some(event) = ruling.event {
            self.tell(event);
        }
        if let Decision::End { others } = ruling.decision {
            self.end(others).await?;
        }
        Ok(Decided { decision: ruling.decision, due })
    }

    async fn end(&self, others: bool) -> Result<(), Rejection> {
        if others {
            self.session.end_others().await?;
        }
        self.session.end().await
    }

    /// Keeps what is to be kept of the request with the commit of the response: that it is
    /// suspicious, or, if it was allowed, what is new. A user who has just logged in, or has met a
    /// challenge, begins anew.
    pub(super) fn settle(&self, decided: Decided) {
        let Some(back) = self.session.look_back() else { return };
        match decided.decision {
            _ if back.blank => self.session.edit(self.remember()),
            _ if self.renewed.load(Ordering::Relaxed) => {}
            Decision::Challenge => self.suspect(),
            _ if decided.due && !back.passive => self.session.edit(self.remember()),
            _ => {}
        }
    }

    fn suspect(&self) {
        if self.note().is_some_and(|note| note.suspected.is_none()) {
            let at = self.seconds();
            self.session.edit(Note::edit(move |note| note.suspect(at)));
        }
    }

    fn remember(&self) -> Arc<crate::NoteEdit> {
        let (config, sight, now) = (Arc::clone(&self.config), Arc::clone(&self.sight), self.now);
        let moved = self.moves.then(|| self.seconds());
        Note::edit(move |note| {
            let Judge { watch, peppers, .. } = &config.judge;
            match &mut note.memory {
                // Nobody learns from what somebody else has found suspicious meanwhile.
                Some(_) if note.suspected.is_some() => {}
                Some(memory) => {
                    memory.learn(&sight.facts(watch), now, peppers);
                    note.moved = moved.or(note.moved);
                }
                None => note.memory = Some(Memory::begin(&sight.facts(watch), now, peppers)),
            }
        })
    }

    /// Keeps what the request is refused for.
    pub(crate) fn ask(&self, asked: Asked, way_back: Option<String>) {
        let is_known = self.note().is_some_and(|note| {
            let leads_there = way_back.is_none() || note.way_back == way_back;
            note.asked.as_ref() == Some(&asked) && leads_there
        });
        if !is_known {
            self.session.edit(Note::edit(move |note| note.ask(asked.clone(), way_back.clone())));
        }
    }

    /// Ends what is open for this purpose, and begins the memory anew with this request.
    pub(crate) fn complete(&self, purpose: String, given: Given) {
        self.renewed.store(true, Ordering::Relaxed);
        let (config, sight, now) = (Arc::clone(&self.config), Arc::clone(&self.sight), self.now);
        self.session.edit(Note::edit(move |note| {
            let Judge { watch, peppers, .. } = &config.judge;
            let memory = Memory::begin(&sight.facts(watch), now, peppers);
            note.complete(&purpose, given.clone(), memory);
        }));
    }

    pub(crate) fn tell(&self, kind: GuardEventKind) {
        if let Some(event) = self.event(kind) {
            self.config.judge.events.tell(&event);
        }
    }

    /// Tells of it when what this request changes is committed, and not at all if it is not.
    pub(crate) fn tell_after_commit(&self, kind: GuardEventKind) {
        let Some(event) = self.event(kind) else { return };
        // Without the visit, which holds the session that holds this.
        let config = Arc::clone(&self.config);
        self.session.after_commit(Box::new(move || config.judge.events.tell(&event)));
    }

    fn event(&self, kind: GuardEventKind) -> Option<GuardEvent> {
        let Whose::User { user, .. } = &self.whose else { return None };
        Some(self.config.event(&self.session, user, kind))
    }

    pub(crate) fn note(&self) -> Option<&Note> {
        match &self.whose {
            Whose::User { stored, .. } => Some(stored.read()),
            Whose::Nobody | Whose::Unknown(_) => None,
        }
    }

    /// Until when a proof must have been given to be not fresh for that reason alone.
    pub(crate) fn stale_until(&self) -> Option<u64> {
        match self.moves {
            true => Some(self.seconds()),
            false => self.note().and_then(|note| note.moved),
        }
    }

    /// When the request came, in seconds since 1970.
    pub(crate) fn seconds(&self) -> u64 {
        seconds(self.now)
    }
}
