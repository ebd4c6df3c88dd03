use super::super::lifetime::{instant, millis};
use super::super::stored::head;
use crate::backend::{Cap, Draft, Lifetime, Payload, Record, Rotation, SessionKey, UserId};

/// A session that is about to begin under its key.
pub(super) struct Newcomer<'a> {
    pub(super) key: &'a SessionKey,
    pub(super) user: Option<&'a UserId>,
    pub(super) cap: Option<Cap>,
    payload: &'a Payload,
    head: Vec<u8>,
    created: String,
    idle: String,
    ends: String,
    absolute: String,
}

/// As scripts take it.
const NONE: &str = "0";

impl<'a> Newcomer<'a> {
    pub(super) fn new(key: &'a SessionKey, draft: &'a Draft) -> Self {
        let Draft { payload, user, lifetime, cap } = draft;
        Self {
            key,
            user: user.as_ref(),
            cap: *cap,
            payload,
            head: head(1, payload),
            created: NONE.to_owned(),
            idle: millis(lifetime.idle),
            ends: NONE.to_owned(),
            absolute: millis(lifetime.absolute),
        }
    }

    /// The same session, which goes on under a new key.
    pub(super) fn renewed(
        rotation: &'a Rotation,
        record: &'a Record,
        (payload, lifetime): (&'a Payload, Option<Lifetime>),
    ) -> Self {
        let kept = (millis(record.idle), instant(record.ends), NONE.to_owned());
        let (idle, ends, absolute) = lifetime.map_or(kept, |Lifetime { idle, absolute }| {
            (millis(idle), NONE.to_owned(), millis(absolute))
        });
        Self {
            key: &rotation.to,
            user: record.user.as_ref(),
            cap: None,
            payload,
            head: head(rotation.version.saturating_add(1), payload),
            created: instant(record.created),
            idle,
            ends,
            absolute,
        }
    }

    /// User, payload, head, created (zero for now), idle, when it ends (zero for absolute from now
    /// on), absolute.
    pub(super) fn arguments(&self) -> [&[u8]; 7] {
        let user = self.user.map_or("", UserId::as_str);
        let [idle, ends, absolute] = self.times();
        let (head, created) = (&self.head, self.created());
        [user.as_bytes(), self.payload.as_bytes(), head, created, idle, ends, absolute]
    }

    /// Zero for now.
    pub(super) fn created(&self) -> &[u8] {
        self.created.as_bytes()
    }

    pub(super) fn times(&self) -> [&[u8]; 3] {
        [&self.idle, &self.ends, &self.absolute].map(|time| time.as_bytes())
    }
}
