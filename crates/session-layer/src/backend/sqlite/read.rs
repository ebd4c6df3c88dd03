//! What the file holds. Every function is one step or a few, each of which is true at its time.

use rusqlite::{Connection, OptionalExtension, params};

use super::fault::Fault;
use super::row::{LIVE_BY_KEY, LIVE_BY_USER, NO_TIME, found, id};
use super::time::time;
use super::write::NEVER;
use crate::backend::{Found, Loaded, Missing, Renewed, SessionKey, Stats, UserId};

/// What there is under a key.
pub(super) enum Entry {
    /// A live session.
    Live(Found),
    /// In its grace: the live session with the new key.
    Renewed(Found),
    /// No live session.
    Missing(Missing),
}

impl From<Entry> for Loaded {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Live(found) | Entry::Renewed(found) => Self::Found(found),
            Entry::Missing(missing) => Self::Missing(missing),
        }
    }
}

/// What there is under a key at this time.
pub(super) fn entry(file: &Connection, key: &SessionKey, now: i64) -> Result<Entry, Fault> {
    if let Some(found) = live(file, key, now)? {
        return Ok(Entry::Live(found));
    }
    let Some(former) = former(file, key, now)? else {
        return Ok(Entry::Missing(Missing::Absent));
    };
    let Some(successor) = former.successor else {
        return Ok(Entry::Missing(Missing::Absent));
    };
    let renewed = if now < former.grace_ends { live(file, &successor, now)? } else { None };
    Ok(renewed.map_or(Entry::Missing(Missing::Superseded), Entry::Renewed))
}

/// Where a key that was renewed leads, or led.
pub(super) fn renewed(
    file: &Connection,
    key: &SessionKey,
    now: i64,
) -> Result<Option<Renewed>, Fault> {
    let former = former(file, key, now)?.filter(|former| former.grace_ends != NEVER);
    let Some(Former { successor: Some(to), grace_ends }) = former else { return Ok(None) };
    Ok(Some(Renewed { to, until: time(grace_ends).ok_or(NO_TIME)? }))
}

/// The live session with this very key.
pub(super) fn live(file: &Connection, key: &SessionKey, now: i64) -> Result<Option<Found>, Fault> {
    let mut statement = file.prepare_cached(LIVE_BY_KEY)?;
    let mut rows = statement.query(params![id(key), key.as_bytes(), now])?;
    rows.next()?.map(found).transpose()
}

/// A key that had a session.
struct Former {
    successor: Option<SessionKey>,
    grace_ends: i64,
}

fn former(file: &Connection, key: &SessionKey, now: i64) -> Result<Option<Former>, Fault> {
    const SQL: &str = "\
        SELECT successor, grace_ends FROM former WHERE id = ?1 AND key = ?2 AND expires > ?3";
    let mut statement = file.prepare_cached(SQL)?;
    let former = statement.query_row(params![id(key), key.as_bytes(), now], |row| {
        let successor = row.get::<_, Option<[u8; 32]>>(0)?.map(SessionKey::from_bytes);
        Ok(Former { successor, grace_ends: row.get(1)? })
    });
    Ok(former.optional()?)
}

/// Whether a session can be created under a key: there is no row for it, not even one that could
/// be swept.
pub(super) fn is_free(file: &Connection, key: &SessionKey) -> Result<bool, Fault> {
    const SQL: &str = "\
        SELECT NOT EXISTS (SELECT 1 FROM session WHERE id = ?1) \
        AND NOT EXISTS (SELECT 1 FROM former WHERE id = ?1)";
    Ok(file.prepare_cached(SQL)?.query_row([id(key)], |row| row.get(0))?)
}

/// Whether a session of this version may have the key, from elsewhere: what there is for it is an
/// older session, or could be swept.
pub(super) fn gives_way(
    file: &Connection,
    key: &SessionKey,
    version: i64,
    now: i64,
) -> Result<bool, Fault> {
    const SQL: &str = "\
        SELECT NOT EXISTS (SELECT 1 FROM session \
        WHERE id = ?1 AND expires > ?2 AND (version > ?3 OR key <> ?4)) \
        AND NOT EXISTS (SELECT 1 FROM former WHERE id = ?1 AND expires > ?2)";
    let bound = params![id(key), now, version, key.as_bytes()];
    Ok(file.prepare_cached(SQL)?.query_row(bound, |row| row.get(0))?)
}

/// The live sessions of a user.
pub(super) fn of_user(file: &Connection, user: &UserId, now: i64) -> Result<Vec<Found>, Fault> {
    let mut statement = file.prepare_cached(LIVE_BY_USER)?;
    let mut rows = statement.query(params![user.as_str(), now])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push(found(row)?);
    }
    Ok(sessions)
}

/// The figures, from where every change keeps them.
pub(super) fn stats(file: &Connection) -> Result<Stats, Fault> {
    let mut statement = file.prepare_cached("SELECT live FROM figures")?;
    let live: i64 = statement.query_row([], |row| row.get(0))?;
    Ok(Stats::of_live(u64::try_from(live).unwrap_or_default()))
}
