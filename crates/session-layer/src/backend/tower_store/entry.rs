use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use tower_sessions_core::session::{Id, Record};

use super::fault::{corrupt, refused};
use super::session::{Former, Session, key_text};
use super::time::expiry_date;
use crate::backend::{BackendError, SessionKey, UserId};

/// What we keep in a record of the store.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entry {
    Session(Session),
    Former(Former),
    Roll(Roll),
}

/// The keys of one user's sessions, those that are live and maybe some that are not.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Roll {
    user: String,
    keys: Vec<Key>,
    /// When the last of them ends.
    until: u64,
}

#[derive(PartialEq, Serialize, Deserialize)]
struct Key(#[serde(with = "key_text")] SessionKey);

/// All that is ours is in one field of a record, so that no other program takes it for its own.
const FIELD: &str = "session-layer";

impl Entry {
    /// None of ours is `Corrupt`.
    pub(super) fn of_record(record: Record) -> Result<Self, BackendError> {
        let Record { id, mut data, .. } = record;
        let value = data.remove(FIELD).ok_or_else(corrupt)?;
        let entry = serde_json::from_value::<Self>(value).map_err(|_| corrupt())?;
        // A record that was copied or moved is not what it says.
        if entry.id() == id { Ok(entry) } else { Err(corrupt()) }
    }

    pub(super) fn to_record(&self) -> Result<Record, BackendError> {
        let value = serde_json::to_value(self).map_err(|_| refused("the session is no JSON"))?;
        let data = [(FIELD.to_owned(), value)].into();
        Ok(Record { id: self.id(), data, expiry_date: expiry_date(self.expires()) })
    }

    fn id(&self) -> Id {
        match self {
            Self::Session(session) => id_of_session(&session.key),
            Self::Former(former) => id_of_session(&former.key),
            Self::Roll(roll) => id_of_roll(&roll.user),
        }
    }

    fn expires(&self) -> u64 {
        match self {
            Self::Session(session) => session.expires(),
            Self::Former(former) => former.forgotten,
            Self::Roll(roll) => roll.until,
        }
    }
}

/// Half of the key, which is a hash: it opens nothing.
pub(super) fn id_of_session(key: &SessionKey) -> Id {
    id(key.as_bytes())
}

/// No id of a session has this slash in it, so that none has this hash.
pub(super) fn id_of_roll(user: &str) -> Id {
    id(digest(&SHA256, format!("user/{user}").as_bytes()).as_ref())
}

fn id(hash: &[u8]) -> Id {
    Id(i128::from_le_bytes(hash.first_chunk().copied().unwrap_or_default()))
}

impl Roll {
    pub(super) fn of(user: &UserId, live: &[Session]) -> Self {
        let keys = live.iter().map(|session| Key(session.key)).collect();
        let until = live.iter().map(|session| session.ends).max().unwrap_or(0);
        Self { user: user.as_str().to_owned(), keys, until }
    }

    pub(super) fn keys(&self) -> Vec<SessionKey> {
        self.keys.iter().map(|Key(key)| *key).collect()
    }

    /// Whether the session is on it, for as long as it lives.
    pub(super) fn has(&self, session: &Session) -> bool {
        self.until >= session.ends && self.keys.contains(&Key(session.key))
    }

    pub(super) fn add(&mut self, session: &Session) {
        self.until = self.until.max(session.ends);
        if !self.keys.contains(&Key(session.key)) {
            self.keys.push(Key(session.key));
        }
    }
}
