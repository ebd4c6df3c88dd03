use std::time::SystemTime;

use sqlx::{ColumnIndex, Decode, Row, Type};

use super::time::{instant, span};
use crate::backend::{Found, Missing, Payload, Record, Renewed, SessionKey, UserId};

/// A row of the table of sessions, and the server's time when it was read.
pub(in crate::backend) struct Entry {
    key: Vec<u8>,
    state: i16,
    user: Option<Vec<u8>>,
    payload: Vec<u8>,
    version: i64,
    created: i64,
    last_seen: i64,
    idle: i64,
    ends: i64,
    expires: i64,
    successor: Option<Vec<u8>>,
    now: i64,
}

/// What a row says about its key.
pub(super) enum Standing {
    /// It has a live session.
    Live(Found),
    /// It was renewed a moment ago, and leads to this one.
    Leads(SessionKey),
    /// It has none.
    Missing(Missing),
}

/// What the column `state` has, in the migrations' words.
const LIVE: i16 = 0;
const SUPERSEDED: i16 = 1;
const ENDED: i16 = 2;
const EXPIRED: i16 = 3;

impl Entry {
    /// Reads the columns that every dialect selects in the same order.
    pub(in crate::backend) fn read<'r, R>(row: &'r R) -> Result<Self, sqlx::Error>
    where
        R: Row,
        usize: ColumnIndex<R>,
        i16: Decode<'r, R::Database> + Type<R::Database>,
        i64: Decode<'r, R::Database> + Type<R::Database>,
        Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
        Option<Vec<u8>>: Decode<'r, R::Database> + Type<R::Database>,
    {
        Ok(Self {
            key: row.try_get(0)?,
            state: row.try_get(1)?,
            user: row.try_get(2)?,
            payload: row.try_get(3)?,
            version: row.try_get(4)?,
            created: row.try_get(5)?,
            last_seen: row.try_get(6)?,
            idle: row.try_get(7)?,
            ends: row.try_get(8)?,
            expires: row.try_get(9)?,
            successor: row.try_get(10)?,
            now: row.try_get(11)?,
        })
    }

    pub(super) fn standing(self) -> Result<Standing, sqlx::Error> {
        if self.expires <= self.now {
            return Ok(Standing::Missing(Missing::Absent));
        }
        match self.state {
            LIVE => Ok(Standing::Live(self.found()?)),
            SUPERSEDED => self.superseded(),
            ENDED | EXPIRED => Ok(Standing::Missing(Missing::Absent)),
            _ => Err(unreadable("state")),
        }
    }

    /// Where the key leads, or led, if it was renewed.
    pub(super) fn renewed(self) -> Result<Option<Renewed>, sqlx::Error> {
        match self.successor {
            Some(successor) if self.state == SUPERSEDED && self.expires > self.now => {
                let to = key_of_bytes(&successor)?;
                Ok(Some(Renewed { to, until: time(self.ends, "ends")? }))
            }
            _ => Ok(None),
        }
    }

    /// The end of what is superseded is the end of its grace.
    fn superseded(self) -> Result<Standing, sqlx::Error> {
        match self.successor {
            Some(successor) if self.ends > self.now => {
                Ok(Standing::Leads(key_of_bytes(&successor)?))
            }
            _ => Ok(Standing::Missing(Missing::Superseded)),
        }
    }

    /// The session, which the statement has found to be live.
    pub(super) fn found(self) -> Result<Found, sqlx::Error> {
        let record = Record {
            version: u64::try_from(self.version).map_err(|_| unreadable("version"))?,
            payload: Payload::from_bytes(self.payload),
            user: self.user.map(user_of_bytes).transpose()?,
            created: time(self.created, "created")?,
            last_seen: time(self.last_seen, "last_seen")?,
            idle: span(self.idle).ok_or_else(|| unreadable("idle"))?,
            ends: time(self.ends, "ends")?,
        };
        Ok(Found { key: key_of_bytes(&self.key)?, record })
    }
}

fn time(millis: i64, column: &'static str) -> Result<SystemTime, sqlx::Error> {
    instant(millis).ok_or_else(|| unreadable(column))
}

fn user_of_bytes(bytes: Vec<u8>) -> Result<UserId, sqlx::Error> {
    let text = String::from_utf8(bytes).map_err(|_| unreadable("user_id"))?;
    UserId::new(text).ok_or_else(|| unreadable("user_id"))
}

/// A key as a column has it.
pub(in crate::backend) fn key_of_bytes(bytes: &[u8]) -> Result<SessionKey, sqlx::Error> {
    let bytes = bytes.try_into().map_err(|_| unreadable("id"))?;
    Ok(SessionKey::from_bytes(bytes))
}

/// Names the column, and nothing of what is in it.
fn unreadable(column: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(format!("the column {column} has what is of no session").into())
}
