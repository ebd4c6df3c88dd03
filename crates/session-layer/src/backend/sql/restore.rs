use super::Statements;
use super::time::{millis, millis_since_1970};
use super::transaction::{Ending, Steps, transact};
use super::work::Work;
use crate::backend::{Record, SessionKey, UserId};

/// [`Backend::restore`](crate::backend::Backend::restore).
pub(in crate::backend) struct Restore<'a> {
    pub(in crate::backend) key: &'a SessionKey,
    pub(in crate::backend) record: &'a Record,
}

impl<C: Statements> Work<C> for Restore<'_> {
    type Done = bool;

    // Done twice, it would undo what others restored in between.
    const REPEATABLE: bool = false;

    async fn run(&self, connection: &mut C) -> Result<bool, sqlx::Error> {
        transact(connection, &Takeover::of(self.key, self.record)?).await
    }
}

/// A session from elsewhere, as the columns are to have it.
pub(in crate::backend) struct Takeover<'a> {
    pub(in crate::backend) key: &'a SessionKey,
    pub(in crate::backend) user: Option<&'a UserId>,
    pub(in crate::backend) payload: &'a [u8],
    pub(in crate::backend) version: i64,
    pub(in crate::backend) created: i64,
    pub(in crate::backend) last_seen: i64,
    pub(in crate::backend) idle: i64,
    pub(in crate::backend) ends: i64,
    pub(in crate::backend) expires: i64,
}

impl<'a> Takeover<'a> {
    fn of(key: &'a SessionKey, record: &'a Record) -> Result<Self, sqlx::Error> {
        let version = i64::try_from(record.version);
        let version = version.map_err(|error| sqlx::Error::Decode(error.into()))?;
        let last_seen = millis_since_1970(record.last_seen);
        let (idle, ends) = (millis(record.idle), millis_since_1970(record.ends));
        Ok(Self {
            key,
            user: record.user.as_ref(),
            payload: record.payload.as_bytes(),
            version,
            created: millis_since_1970(record.created),
            last_seen,
            idle,
            ends,
            expires: ends.min(last_seen + idle),
        })
    }
}

impl<C: Statements> Steps<C> for Takeover<'_> {
    type Done = bool;

    /// In the turn of the user that it gets. To the one that it is taken from, it is as if it had
    /// ended, for which nobody needs a turn.
    async fn steps(&self, connection: &mut C) -> Result<Ending<bool>, sqlx::Error> {
        if let Some(user) = self.user {
            connection.lock_user(user).await?;
        }
        Ok(match connection.restore(self).await? {
            true => Ending::Commit(true),
            false => Ending::Undo(false),
        })
    }
}
