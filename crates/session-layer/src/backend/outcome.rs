use std::time::{Duration, SystemTime};

use super::{Found, SessionKey};

/// Why there is no session under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Missing {
    /// Unknown, expired, or ended.
    Absent,
    /// It was replaced by one with another key a moment ago, at a login or past the grace of a
    /// renewal: the client most likely has the new id by now.
    Superseded,
}

/// What [`load`](super::Backend::load) found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// A live session.
    Found(Found),
    /// None.
    Missing(Missing),
}

/// Where a key led that was renewed, as [`renewed`](super::Backend::renewed) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewed {
    /// The key that the session got.
    pub to: SessionKey,
    /// Until when the old one leads there: the end of the grace.
    pub until: SystemTime,
}

/// What [`create`](super::Backend::create) did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// The session is there, and these were ended to make room for it.
    Done {
        /// The user's oldest sessions.
        ended: Vec<SessionKey>,
    },
    /// The key is in use, or was in use a moment ago. Nothing was changed.
    Taken,
    /// The user has as many sessions as may be. Nothing was changed.
    Full,
}

/// What [`update`](super::Backend::update) did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Updated {
    /// It was updated, and has this version now.
    Done(u64),
    /// Somebody was quicker: this is the session as it is now. Nothing was changed.
    Conflict(Found),
    /// There is no session to update. Nothing was changed.
    Missing(Missing),
}

/// What [`rotate`](super::Backend::rotate) did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// The session has the new key, and these were ended to make room for it.
    Done {
        /// The user's oldest sessions.
        ended: Vec<SessionKey>,
    },
    /// Somebody was quicker: this is the session as it is now. Nothing was changed.
    Conflict(Found),
    /// There is no session to rotate. Nothing was changed.
    Missing(Missing),
    /// The new key is in use, or was in use a moment ago. Nothing was changed.
    Taken,
    /// The user has as many sessions as may be. Nothing was changed.
    Full,
}

/// What [`sweep`](super::Backend::sweep) did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Swept {
    /// How much it removed: sessions that had expired, and tombstones.
    pub removed: u32,
    /// How long each session had lived when it expired, in any order; of those that it removed, and
    /// of those that other verbs have removed since the last sweep.
    pub lived: Vec<Duration>,
}

impl Swept {
    /// So much was removed, and sessions had lived so long.
    pub fn new(removed: u32, lived: Vec<Duration>) -> Self {
        Self { removed, lived }
    }

    /// What another part of the same sweep did as well.
    pub fn add(&mut self, other: Self) {
        self.removed = self.removed.saturating_add(other.removed);
        self.lived.extend(other.lived);
    }
}
