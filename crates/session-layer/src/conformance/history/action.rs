use std::fmt;

use super::names::{Content, Key, User};
use super::observation::{Seen, Session};
use crate::backend::{BackendErrorKind, CapPolicy, Missing};

/// A call of a verb, or a step of time.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Load(Key),
    Create(Key, Login),
    Update { key: Key, version: u64, content: Content, life: Option<Life> },
    Touch(Key),
    Renew { key: Key, version: u64, to: Key, content: Content, life: Option<Life>, grace: u64 },
    Replace { key: Key, version: u64, to: Key, login: Login },
    Delete(Key),
    Restore(Key, Restored),
    OfUser(User),
    Sweep,
    Advance(u64),
}

/// A session to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Login {
    pub(super) user: Option<User>,
    pub(super) cap: Option<(u32, CapPolicy)>,
    pub(super) life: Life,
    pub(super) content: Content,
}

/// A session from elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Restored {
    pub(super) version: u64,
    pub(super) user: Option<User>,
    pub(super) life: Life,
    /// How many seconds ago it was created, and last seen.
    pub(super) age: u64,
    pub(super) content: Content,
}

/// A lifetime in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    pub(super) idle: u64,
    pub(super) absolute: u64,
}

/// What a call was answered.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Found(Seen),
    Missing(Missing),
    Updated(u64),
    /// Created or rotated, and these were ended to make room.
    Made(Vec<Key>),
    Conflict(Seen),
    Taken,
    Full,
    /// Whether it was touched or restored.
    Did(bool),
    Ended(Option<Seen>),
    Listed(Vec<Seen>),
    Nothing,
    Failed(BackendErrorKind),
    /// A key, a user or content that is not of this history, or a time before the session began.
    Foreign,
}

/// A call and its answer, with when it began and when it was answered.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) client: usize,
    pub(super) began: u64,
    /// None if it failed: it may happen at any later time, or never.
    pub(super) answered: Option<u64>,
    pub(super) action: Action,
    pub(super) answer: Answer,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, began, action, answer, .. } = self;
        let answered = self.answered.map_or("never".to_owned(), |time| time.to_string());
        write!(f, "  {began:>3} to {answered:>3}, client {client}: {action:?} -> ")?;
        match answer {
            Answer::Failed(kind) => write!(f, "failed, {}", kind.as_str()),
            answer => write!(f, "{answer:?}"),
        }
    }
}

impl Answer {
    /// The sessions that it tells of.
    pub(super) fn sessions(&self) -> impl Iterator<Item = (Key, &Session)> {
        let (one, many) = match self {
            Self::Found(seen) | Self::Conflict(seen) => (Some(seen), None),
            Self::Listed(seen) => (None, Some(seen)),
            _ => (None, None),
        };
        one.into_iter().chain(many.into_iter().flatten()).map(|seen| (seen.key, &seen.session))
    }
}
