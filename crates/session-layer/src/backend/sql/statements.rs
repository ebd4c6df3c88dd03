use std::time::Duration;

use sqlx::Connection;

use super::Entry;
use super::restore::Takeover;
use super::stats::Counted;
use crate::backend::{Change, Draft, Lifetime, Payload, SessionKey, Swept, UserId};

/// What the verbs are made of: a statement each, in a server's own dialect.
///
/// Those that give a `bool` say whether they did it. All judge by the server's clock what is live.
pub(in crate::backend) trait Statements: Connection {
    /// What is under a key, live or not.
    fn entry(
        &mut self,
        key: &SessionKey,
    ) -> impl Future<Output = Result<Option<Entry>, sqlx::Error>> + Send;

    /// The same, which nobody else changes until the transaction ends.
    fn locked_entry(
        &mut self,
        key: &SessionKey,
    ) -> impl Future<Output = Result<Option<Entry>, sqlx::Error>> + Send;

    /// A user's live sessions, in the order in which they were created.
    fn entries_of(
        &mut self,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<Entry>, sqlx::Error>> + Send;

    /// Adds a new session, unless the key has anything that has not expired.
    fn insert(
        &mut self,
        key: &SessionKey,
        draft: &Draft,
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send;

    /// Adds what a renewed session goes on as, unless the key has anything that has not expired or
    /// the session is not live in that version.
    fn insert_renewed(
        &mut self,
        renewed: &Handover<'_>,
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send;

    /// Puts a session that has not expired, in the place of one of no higher version or of what has
    /// expired.
    fn restore(
        &mut self,
        session: &Takeover<'_>,
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send;

    /// Turns a live session that is what was read into a key that leads to its successor for a
    /// time, if it has one, and is a tombstone thereafter.
    fn supersede(
        &mut self,
        key: &SessionKey,
        read: Read<'_>,
        heir: Option<Heir<'_>>,
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send;

    /// Turns a session into a tombstone.
    fn end(&mut self, key: &SessionKey) -> impl Future<Output = Result<bool, sqlx::Error>> + Send;

    /// Changes a live session of this version, which is the change's.
    fn update(
        &mut self,
        key: &SessionKey,
        version: i64,
        change: &Change,
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send;

    /// Counts a live session as seen.
    fn touch(&mut self, key: &SessionKey)
    -> impl Future<Output = Result<bool, sqlx::Error>> + Send;

    /// Lets nobody else register sessions of this user until the transaction ends.
    fn lock_user(&mut self, user: &UserId) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// Leaves a user's expired sessions to nobody, and to be removed.
    fn disown_expired(
        &mut self,
        user: &UserId,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// The keys of a user's sessions, expired ones included, in the order in which they were
    /// created. Nobody else ends one until the transaction ends.
    fn locked_keys_of(
        &mut self,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<SessionKey>, sqlx::Error>> + Send;

    /// Removes so many of what has expired.
    fn sweep(&mut self, limit: u32) -> impl Future<Output = Result<Swept, sqlx::Error>> + Send;

    /// Counts what has not expired, and looks at so much of it at most.
    fn count(&mut self, limit: i64) -> impl Future<Output = Result<Counted, sqlx::Error>> + Send;

    /// About how much there is, as the server's planner has it.
    fn estimate(&mut self) -> impl Future<Output = Result<i64, sqlx::Error>> + Send;
}

/// What was read of a session.
#[derive(Clone, Copy)]
pub(in crate::backend) struct Read<'a> {
    pub(in crate::backend) version: i64,
    pub(in crate::backend) user: Option<&'a UserId>,
}

/// Where a renewed key leads, and for how long.
#[derive(Clone, Copy)]
pub(in crate::backend) struct Heir<'a> {
    pub(in crate::backend) key: &'a SessionKey,
    pub(in crate::backend) grace: Duration,
    /// How long after that it is known where it led.
    pub(in crate::backend) kept: Duration,
}

/// A renewed session, from key to key.
pub(in crate::backend) struct Handover<'a> {
    pub(in crate::backend) from: &'a SessionKey,
    pub(in crate::backend) version: i64,
    pub(in crate::backend) to: &'a SessionKey,
    pub(in crate::backend) payload: &'a Payload,
    pub(in crate::backend) lifetime: Option<&'a Lifetime>,
}
