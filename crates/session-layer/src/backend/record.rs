use std::num::NonZeroU32;
use std::time::{Duration, SystemTime};

use super::{Payload, SessionKey, UserId};

/// A live session as a backend keeps it. All times are the backend's, in whole milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// 1 for a new session, and one more with every update.
    pub version: u64,
    /// The session's content.
    pub payload: Payload,
    /// The user it is registered under; none for an anonymous one.
    pub user: Option<UserId>,
    /// When it began: at its creation, or at the login.
    pub created: SystemTime,
    /// When it was last created, updated, touched or rotated.
    pub last_seen: SystemTime,
    /// How long it lives without being seen.
    pub idle: Duration,
    /// When it ends however often it is seen.
    pub ends: SystemTime,
}

impl Record {
    /// When it ends unless it is seen before: `last_seen + idle`, at the latest `ends`.
    pub fn expires(&self) -> SystemTime {
        self.last_seen.checked_add(self.idle).map_or(self.ends, |idle_end| idle_end.min(self.ends))
    }
}

/// A session under the key that it has now, which is another one than asked for if that one was
/// rotated a moment ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The key that it has now.
    pub key: SessionKey,
    /// The session.
    pub record: Record,
}

/// What a session is to be that a backend creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its content.
    pub payload: Payload,
    /// The user to register it under.
    pub user: Option<UserId>,
    /// How long it lives, from now on.
    pub lifetime: Lifetime,
    /// How many live sessions the user may have, this one included. Without a user it means
    /// nothing.
    pub cap: Option<Cap>,
}

/// How long a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Without being seen.
    pub idle: Duration,
    /// However often it is seen, from now on.
    pub absolute: Duration,
}

/// How many live sessions a user may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// At most so many.
    pub sessions: NonZeroU32,
    /// What to do about one more.
    pub policy: CapPolicy,
}

/// What happens to the session that would be one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapPolicy {
    /// It is not created.
    Refuse,
    /// The user's sessions that were created first are ended to make room.
    EndOldest,
}

/// A change of a session's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The version that was read.
    pub version: u64,
    /// The new content.
    pub payload: Payload,
    /// A new lifetime, counted from now; none leaves it as it was, though the idle time begins
    /// anew.
    pub lifetime: Option<Lifetime>,
}

/// A session gets another key, so that who has the old id has nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The version that was read.
    pub version: u64,
    /// The new key.
    pub to: SessionKey,
    /// What goes on under the new key.
    pub kind: RotationKind,
}

/// Why a session gets another key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RotationKind {
    /// Renewal: user, `created`, and unless there is a new one the lifetime stay as they are; the
    /// content is new, for it may be sealed under the key. For `grace` from now on the old key
    /// leads to the new one.
    Renew {
        /// The content under the new key.
        payload: Payload,
        /// A new lifetime, counted from now.
        lifetime: Option<Lifetime>,
        /// How long the old key leads to the new one; zero for not at all.
        grace: Duration,
        /// How long after that the old key is known to be one, and where it led; at least
        /// [`TOMBSTONE_LIFE`](super::TOMBSTONE_LIFE).
        kept: Duration,
    },
    /// Login or any other change of privilege: a new session begins, and the old key is dead at
    /// once. `created` is now.
    Replace(Draft),
}
