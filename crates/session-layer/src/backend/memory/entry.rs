use std::time::Duration;

use super::millis::Millis;
use super::registry::Place;
use crate::backend::{
    Change, Draft, Found, Lifetime, Missing, Payload, Record, Renewed, SessionKey, TOMBSTONE_LIFE,
    UserId,
};

/// What is known about a key.
#[derive(Debug)]
pub(super) enum Entry {
    Session(Session),
    Former(Former),
}

/// A session, live until it expires.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) version: u64,
    payload: Payload,
    pub(super) user: Option<UserId>,
    pub(super) place: Place,
    last_seen: Millis,
    idle: Duration,
    ends: Millis,
}

/// A key that had a session.
#[derive(Debug)]
pub(super) struct Former {
    /// The key that the session got, and until when this one leads there.
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

    /// Where it leads, or led.
    pub(super) fn renewed(&self, now: Millis) -> Option<Renewed> {
        match self {
            Self::Former(Former { leads_to: Some((to, until)), forgotten, .. })
                if now < *forgotten =>
            {
                Some(Renewed { to: *to, until: until.time() })
            }
            _ => None,
        }
    }

    /// Whether a session of this version may take its place.
    pub(super) fn gives_way(&self, version: u64, now: Millis) -> bool {
        let is_older = matches!(self, Self::Session(session) if session.version <= version);
        is_older || self.over() <= now
    }
}

impl Session {
    pub(super) fn new(draft: &Draft, place: Place) -> Self {
        Self {
            version: 1,
            payload: draft.payload.clone(),
            user: draft.user.clone(),
            place,
            last_seen: place.created,
            idle: draft.lifetime.idle,
            ends: place.created.after(draft.lifetime.absolute),
        }
    }

    pub(super) fn restored(record: &Record, place: Place) -> Self {
        Self {
            version: record.version,
            payload: record.payload.clone(),
            user: record.user.clone(),
            place,
            last_seen: Millis::of(record.last_seen),
            idle: record.idle,
            ends: Millis::of(record.ends),
        }
    }

    fn expires(&self) -> Millis {
        self.last_seen.after(self.idle).min(self.ends)
    }

    /// How long it lives unless it is seen before.
    pub(super) fn life(&self) -> Duration {
        self.expires().since(self.place.created)
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
            created: self.place.created.time(),
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

    pub(super) fn renewed(to: SessionKey, grace: Duration, kept: Duration, now: Millis) -> Self {
        let until = now.after(grace);
        let forgotten = until.after(kept.max(TOMBSTONE_LIFE));
        Self { leads_to: Some((to, until)), missing: Missing::Superseded, forgotten }
    }

    fn look(&self, now: Millis) -> Sight<'static> {
        match self.leads_to {
            Some((key, until)) if now < until => Sight::LeadsTo(key),
            _ => Sight::Missing(self.missing),
        }
    }
}
