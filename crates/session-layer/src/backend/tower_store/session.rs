use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::time::{after, millis, span, time};
use crate::backend::{
    Draft, Found, Lifetime, Missing, Payload, Record, Renewed, SessionKey, TOMBSTONE_LIFE, UserId,
};

/// A session, live until it expires.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Session {
    #[serde(with = "key_text")]
    pub(super) key: SessionKey,
    pub(super) version: u64,
    #[serde(with = "payload_text")]
    payload: Payload,
    #[serde(with = "user_text")]
    pub(super) user: Option<UserId>,
    pub(super) created: u64,
    last_seen: u64,
    idle: u64,
    pub(super) ends: u64,
}

/// A key that had a session.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Former {
    #[serde(with = "key_text")]
    pub(super) key: SessionKey,
    /// The key that the session has now, and until when this one leads there.
    leads_to: Option<(Successor, u64)>,
    superseded: bool,
    pub(super) forgotten: u64,
}

#[derive(Clone, Serialize, Deserialize)]
struct Successor(#[serde(with = "key_text")] SessionKey);

impl Session {
    pub(super) fn new(key: &SessionKey, draft: &Draft, now: u64) -> Self {
        Self {
            key: *key,
            version: 1,
            payload: draft.payload.clone(),
            user: draft.user.clone(),
            created: now,
            last_seen: now,
            idle: span(draft.lifetime.idle),
            ends: after(now, span(draft.lifetime.absolute)),
        }
    }

    pub(super) fn of_record(key: &SessionKey, record: &Record) -> Self {
        Self {
            key: *key,
            version: record.version,
            payload: record.payload.clone(),
            user: record.user.clone(),
            created: millis(record.created),
            last_seen: millis(record.last_seen),
            idle: span(record.idle),
            ends: millis(record.ends),
        }
    }

    pub(super) fn expires(&self) -> u64 {
        after(self.last_seen, self.idle).min(self.ends)
    }

    pub(super) fn changed(self, payload: &Payload, life: Option<Lifetime>, now: u64) -> Self {
        let idle = life.map_or(self.idle, |life| span(life.idle));
        let ends = life.map_or(self.ends, |life| after(now, span(life.absolute)));
        let (version, payload) = (self.version.saturating_add(1), payload.clone());
        Self { version, payload, last_seen: now, idle, ends, ..self }
    }

    pub(super) fn seen(self, now: u64) -> Self {
        Self { last_seen: now, ..self }
    }

    pub(super) fn under(self, key: &SessionKey) -> Self {
        Self { key: *key, ..self }
    }

    pub(super) fn found(self) -> Found {
        let record = Record {
            version: self.version,
            payload: self.payload,
            user: self.user,
            created: time(self.created),
            last_seen: time(self.last_seen),
            idle: std::time::Duration::from_millis(self.idle),
            ends: time(self.ends),
        };
        Found { key: self.key, record }
    }
}

impl Former {
    pub(super) fn ended(key: &SessionKey, now: u64) -> Self {
        let forgotten = after(now, span(TOMBSTONE_LIFE));
        Self { key: *key, leads_to: None, superseded: false, forgotten }
    }

    pub(super) fn replaced(key: &SessionKey, now: u64) -> Self {
        Self { superseded: true, ..Self::ended(key, now) }
    }

    /// One that leads there until some time, and is forgotten later.
    pub(super) fn renewed(key: &SessionKey, to: &SessionKey, (until, kept): (u64, u64)) -> Self {
        let forgotten = after(until, kept.max(span(TOMBSTONE_LIFE)));
        Self { leads_to: Some((Successor(*to), until)), superseded: true, key: *key, forgotten }
    }

    pub(super) fn leads_to(&self, now: u64) -> Option<SessionKey> {
        self.leads_to.as_ref().filter(|(_, until)| now < *until).map(|(Successor(key), _)| *key)
    }

    /// Where it leads, or led.
    pub(super) fn successor(&self) -> Option<Renewed> {
        let (Successor(to), until) = self.leads_to.as_ref()?;
        Some(Renewed { to: *to, until: time(*until) })
    }

    pub(super) fn missing(&self) -> Missing {
        if self.superseded { Missing::Superseded } else { Missing::Absent }
    }
}

/// A key as base64url.
pub(super) mod key_text {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer>(
        key: &SessionKey,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_str(key)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<SessionKey, D::Error> {
        let bytes = URL_SAFE_NO_PAD.decode(String::deserialize(from)?).ok();
        let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes.map(SessionKey::from_bytes).ok_or_else(|| D::Error::custom("no key"))
    }
}

mod payload_text {
    use super::*;

    pub(super) fn serialize<S: Serializer>(payload: &Payload, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD_NO_PAD.encode(payload.as_bytes()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Payload, D::Error> {
        let bytes = STANDARD_NO_PAD.decode(String::deserialize(from)?);
        bytes.map(Payload::from_bytes).map_err(|_| D::Error::custom("no base64"))
    }
}

pub(super) mod user_text {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        user: &Option<UserId>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        user.as_ref().map(UserId::as_str).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<UserId>, D::Error> {
        let user = Option::<String>::deserialize(from)?;
        user.map(|user| UserId::new(user).ok_or_else(|| D::Error::custom("no user"))).transpose()
    }
}
