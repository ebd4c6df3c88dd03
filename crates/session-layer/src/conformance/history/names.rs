use crate::backend::{Payload, SessionKey, UserId};
use crate::conformance::sample;

/// A key of a history.
pub(super) type Key = usize;

/// A user of a history.
pub(super) type User = usize;

/// What a session contains: no two calls of a history write the same.
pub(super) type Content = u64;

pub(super) const KEYS: usize = 10;
pub(super) const USERS: usize = 2;

/// What the keys and users of a history are called, which no other history calls its own.
pub(super) struct Names {
    keys: [SessionKey; KEYS],
    users: [UserId; USERS],
}

impl Names {
    pub(super) fn of(seed: u64) -> Self {
        Self {
            keys: std::array::from_fn(|n| sample::key(&format!("history {seed}, key {n}"))),
            users: std::array::from_fn(|n| sample::user(&format!("history {seed}, user {n}"))),
        }
    }

    pub(super) fn key(&self, key: Key) -> SessionKey {
        self.keys[key]
    }

    pub(super) fn user(&self, user: User) -> UserId {
        self.users[user].clone()
    }

    pub(super) fn content(content: Content) -> Payload {
        sample::payload(&content.to_string())
    }

    pub(super) fn key_of(&self, key: &SessionKey) -> Option<Key> {
        self.keys.iter().position(|known| known == key)
    }

    pub(super) fn user_of(&self, user: &UserId) -> Option<User> {
        self.users.iter().position(|known| known == user)
    }

    pub(super) fn content_of(payload: &Payload) -> Option<Content> {
        std::str::from_utf8(payload.as_bytes()).ok()?.parse().ok()
    }
}
