//! A session as a row, and back.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::fault::Fault;
use super::time::{duration, time};
use crate::backend::{Found, Payload, Record, SessionKey, UserId};

/// The live session in a row: its columns in the order in which [`found`] reads them.
pub(super) const LIVE_BY_KEY: &str = "\
    SELECT key, version, user, created, last_seen, idle, ends, payload FROM session \
    WHERE id = ?1 AND key = ?2 AND expires > ?3";

/// The same of a user.
pub(super) const LIVE_BY_USER: &str = "\
    SELECT key, version, user, created, last_seen, idle, ends, payload FROM session \
    WHERE user = ?1 AND expires > ?2 ORDER BY seq";

/// The session in a row.
pub(super) fn found(row: &Row<'_>) -> Result<Found, Fault> {
    let key = SessionKey::from_bytes(row.get(0)?);
    let version: i64 = row.get(1)?;
    let record = Record {
        version: u64::try_from(version).map_err(|_| Fault::Row("a version below 0"))?,
        user: user(row.get_ref(2)?)?,
        created: time(row.get(3)?).ok_or(NO_TIME)?,
        last_seen: time(row.get(4)?).ok_or(NO_TIME)?,
        idle: duration(row.get(5)?).ok_or(Fault::Row("an idle time below 0"))?,
        ends: time(row.get(6)?).ok_or(NO_TIME)?,
        payload: Payload::from_bytes(row.get::<_, Vec<u8>>(7)?),
    };
    Ok(Found { key, record })
}

pub(super) const NO_TIME: Fault = Fault::Row("a time before 1970");

fn user(value: ValueRef<'_>) -> Result<Option<UserId>, Fault> {
    match value.as_str_or_null() {
        Ok(None) => Ok(None),
        Ok(Some(text)) => UserId::new(text).map(Some).ok_or(Fault::Row("no user's id")),
        Err(_) => Err(Fault::Row("a user's id that is no text")),
    }
}

/// The row that a key is in: its first eight bytes, which are as random as the rest. Whose row it
/// is, the whole key says.
pub(super) fn id(key: &SessionKey) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = *key.as_bytes();
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}
