use std::time::Duration;

use super::millis::Millis;
use crate::backend::{
    Change, Draft, Found, Lifetime, Missing, Payload, Record, SessionKey, TOMBSTONE_LIFE, UserId,
};

/// What is known about a key.
#[derive(Debug)]
pub(super) enum Entry {
    Session(Session),
    Former(Former),
}

/// A session, live until it expires.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) version: u64,
    payload: Payload,
    pub(super) user: Option<UserId>,
    /// Its place in the order in which sessions are created.
    pub(super) place: u64,
    created: Millis,
    last_seen: Millis,
    idle: Duration,
    ends: Millis,
}

/// A key that had a session.
#[derive(Debug)]
pub(super) struct Former {
    /// The key that the session has now, and until when this one leads there.
    leads_to: Option<(SessionKey, Millis)>,
    missing: Missing,
    forgotten: Millis,
}

/// What there is to see under a key.
pub(super) enum Sight<'a> {
    Live(&'a mut Session),
    LeadsTo(SessionKey),
    Missing(Missing),
}

impl Entry {
    /// When there is nothing to remember any more.
    pub(super) fn over(&self) -> Millis {
        match self {
            Self::Session(session) => session.expires(),
            Self::Former(former) => former.forgotten,
        }
    }

    pub(super) fn look(&mut self, now: Millis) -> Sight<'_> {
        if self.over() <= now {
            return Sight::Missing(Missing::Absent);
        }
        match self {
            Self::Session(session) => Sight::Live(session),
            Self::Former(former) => former.look(now),
        }
    }
}

impl Session {
    pub(super) fn new(draft: &Draft, place: u64, now: Millis) -> Self {
        Self {
            version: 1,
            payload: draft.payload.clone(),
            user: draft.user.clone(),
            place,
            created: now,
            last_seen: now,
            idle: draft.lifetime.idle,
            ends: now.after(draft.lifetime.absolute),
        }
    }

    fn expires(&self) -> Millis {
        self.last_seen.after(self.idle).min(self.ends)
    }

    pub(super) fn update(&mut self, change: &Change, now: Millis) {
        self.renew(&change.payload, change.lifetime, now);
    }

    pub(super) fn renew(&mut self, payload: &Payload, lifetime: Option<Lifetime>, now: Millis) {
        self.version += 1;
        self.payload = payload.clone();
        self.last_seen = now;
        if let Some(lifetime) = lifetime {
            self.idle = lifetime.idle;
            self.ends = now.after(lifetime.absolute);
        }
    }

    pub(super) fn touch(&mut self, now: Millis) {
        self.last_seen = now;
    }

    pub(super) fn found(&self, key: &SessionKey) -> Found {
        let record = Record {
            version: self.version,
            payload: self.payload.clone(),
            user: self.user.clone(),
            created: self.created.time(),
            last_seen: self.last_seen.time(),
            idle: self.idle,
            ends: self.ends.time(),
        };
        Found { key: *key, record }
    }
}

impl Former {
    pub(super) fn ended(now: Millis) -> Self {
        let forgotten = now.after(TOMBSTONE_LIFE);
        Self { leads_to: None, missing: Missing::Absent, forgotten }
    }

    pub(super) fn replaced(now: Millis) -> Self {
        Self { missing: Missing::Superseded, ..Self::ended(now) }
    }

    pub(super) fn renewed(to: SessionKey, grace: Duration, now: Millis) -> Self {
        let until = now.after(grace);
        Self { leads_to: Some((to, until)), ..Self::replaced(until) }
    }

    fn look(&self, now: Millis) -> Sight<'static> {
        match self.leads_to {
            Some((key, until)) if now < until => Sight::LeadsTo(key),
            _ => Sight::Missing(self.missing),
        }
    }
}
