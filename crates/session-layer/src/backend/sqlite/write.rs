//! The changes of the file. Each decides first and writes then, so that a refusal has changed
//! nothing.

use std::time::Duration;

use rusqlite::params;

use super::cap::{Room, room};
use super::fault::Fault;
use super::life::Life;
use super::read::{Entry, entry, gives_way, is_free};
use super::row::id;
use super::time::{duration, millis, span};
use super::transaction::Transaction;
use crate::backend::{
    Change, Created, Draft, Found, Payload, Record, Rotated, Rotation, RotationKind, SessionKey,
    Swept, TOMBSTONE_LIFE, Updated, UserId,
};

pub(super) fn create(
    tx: &Transaction<'_>,
    key: &SessionKey,
    draft: &Draft,
) -> Result<Created, Fault> {
    if !is_free(tx, key)? {
        return Ok(Created::Taken);
    }
    let Room::Without(ended) = room(tx, draft, None)? else { return Ok(Created::Full) };
    end_all(tx, &ended)?;
    insert(tx, key, draft)?;
    Ok(Created::Done { ended })
}

pub(super) fn update(
    tx: &Transaction<'_>,
    key: &SessionKey,
    change: &Change,
) -> Result<Updated, Fault> {
    match entry(tx, key, tx.now)? {
        Entry::Live(found) if found.record.version == change.version => {
            overwrite(tx, &found, change)
        }
        Entry::Live(now) | Entry::Renewed(now) => Ok(Updated::Conflict(now)),
        Entry::Missing(missing) => Ok(Updated::Missing(missing)),
    }
}

fn overwrite(tx: &Transaction<'_>, found: &Found, change: &Change) -> Result<Updated, Fault> {
    const SQL: &str = "\
        UPDATE session SET version = version + 1, last_seen = ?2, idle = ?3, ends = ?4, \
        expires = ?5, payload = ?6 WHERE id = ?1";
    let life = Life::of(&found.record, change.lifetime, tx.now);
    let payload = change.payload.as_bytes();
    tx.prepare_cached(SQL)?.execute(params![
        id(&found.key),
        tx.now,
        life.idle,
        life.ends,
        life.expires,
        payload
    ])?;
    Ok(Updated::Done(found.record.version + 1))
}

pub(super) fn touch(tx: &Transaction<'_>, key: &SessionKey) -> Result<bool, Fault> {
    const SQL: &str = "\
        UPDATE session SET last_seen = ?3, expires = min(?3 + idle, ends) \
        WHERE id = ?1 AND key = ?2 AND expires > ?3";
    let touched = tx.prepare_cached(SQL)?.execute(params![id(key), key.as_bytes(), tx.now])?;
    Ok(touched == 1)
}

pub(super) fn rotate(
    tx: &Transaction<'_>,
    key: &SessionKey,
    rotation: &Rotation,
) -> Result<Rotated, Fault> {
    let found = match entry(tx, key, tx.now)? {
        Entry::Live(found) if found.record.version == rotation.version => found,
        Entry::Live(now) | Entry::Renewed(now) => return Ok(Rotated::Conflict(now)),
        Entry::Missing(missing) => return Ok(Rotated::Missing(missing)),
    };
    if !is_free(tx, &rotation.to)? {
        return Ok(Rotated::Taken);
    }
    match &rotation.kind {
        RotationKind::Replace(draft) => replace(tx, key, &rotation.to, draft),
        RotationKind::Renew { payload, lifetime, grace, kept } => {
            let life = Life::of(&found.record, *lifetime, tx.now);
            renew(tx, key, &rotation.to, payload, &life)?;
            let grace_ends = tx.now + span(*grace);
            let forgotten = grace_ends + span((*kept).max(TOMBSTONE_LIFE));
            bury(tx, key, Some(&rotation.to), (grace_ends, forgotten))?;
            Ok(Rotated::Done { ended: Vec::new() })
        }
    }
}

fn replace(
    tx: &Transaction<'_>,
    old: &SessionKey,
    new: &SessionKey,
    draft: &Draft,
) -> Result<Rotated, Fault> {
    let Room::Without(ended) = room(tx, draft, Some(old))? else { return Ok(Rotated::Full) };
    end_all(tx, &ended)?;
    remove(tx, old)?;
    bury(tx, old, Some(new), (NEVER, tx.now + span(TOMBSTONE_LIFE)))?;
    insert(tx, new, draft)?;
    Ok(Rotated::Done { ended })
}

/// User, creation and place among the user's sessions stay.
fn renew(
    tx: &Transaction<'_>,
    old: &SessionKey,
    new: &SessionKey,
    payload: &Payload,
    life: &Life,
) -> Result<(), Fault> {
    const SQL: &str = "\
        UPDATE session SET id = ?2, key = ?3, version = version + 1, last_seen = ?4, idle = ?5, \
        ends = ?6, expires = ?7, payload = ?8 WHERE id = ?1";
    tx.prepare_cached(SQL)?.execute(params![
        id(old),
        id(new),
        new.as_bytes(),
        tx.now,
        life.idle,
        life.ends,
        life.expires,
        payload.as_bytes()
    ])?;
    Ok(())
}

pub(super) fn delete(tx: &Transaction<'_>, key: &SessionKey) -> Result<Option<Found>, Fault> {
    let (Entry::Live(found) | Entry::Renewed(found)) = entry(tx, key, tx.now)? else {
        return Ok(None);
    };
    end(tx, &found.key)?;
    Ok(Some(found))
}

pub(super) fn restore(
    tx: &Transaction<'_>,
    key: &SessionKey,
    record: &Record,
) -> Result<bool, Fault> {
    const TOO_HIGH: Fault = Fault::Row("a version that no row can have");
    let version = i64::try_from(record.version).map_err(|_| TOO_HIGH)?;
    if Life::left(record).expires <= tx.now || !gives_way(tx, key, version, tx.now)? {
        return Ok(false);
    }
    forget(tx, key)?;
    let seq = match &record.user {
        Some(user) => make_place(tx, user, millis(record.created))?,
        None => 1,
    };
    insert_restored(tx, key, record, (version, seq))?;
    Ok(true)
}

/// Removes whatever there is in a key's row.
fn forget(tx: &Transaction<'_>, key: &SessionKey) -> Result<(), Fault> {
    let sessions = tx.prepare_cached("DELETE FROM session WHERE id = ?1")?.execute([id(key)])?;
    tx.grow(-i64::try_from(sessions).unwrap_or_default());
    tx.prepare_cached("DELETE FROM former WHERE id = ?1")?.execute([id(key)])?;
    Ok(())
}

/// A place among a user's sessions for one that was created at this time: those that were created
/// later move on by one.
fn make_place(tx: &Transaction<'_>, user: &UserId, created: i64) -> Result<i64, Fault> {
    let bound = params![user.as_str(), created];
    tx.prepare_cached(MOVE_ON)?.execute(bound)?;
    Ok(tx.prepare_cached(PLACE)?.query_row(bound, |row| row.get(0))?)
}

pub(super) const MOVE_ON: &str = "\
    UPDATE session SET seq = seq + 1 WHERE user = ?1 AND created > ?2";

pub(super) const PLACE: &str = "\
    SELECT ifnull(max(seq), 0) + 1 FROM session WHERE user = ?1 AND created <= ?2";

fn insert_restored(
    tx: &Transaction<'_>,
    key: &SessionKey,
    record: &Record,
    (version, seq): (i64, i64),
) -> Result<(), Fault> {
    const SQL: &str = "\
        INSERT INTO session (id, key, version, user, seq, created, last_seen, idle, ends, expires, \
        payload) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let life = Life::left(record);
    tx.prepare_cached(SQL)?.execute(params![
        id(key),
        key.as_bytes(),
        version,
        record.user.as_ref().map(UserId::as_str),
        seq,
        millis(record.created),
        millis(record.last_seen),
        life.idle,
        life.ends,
        life.expires,
        record.payload.as_bytes()
    ])?;
    tx.grow(1);
    Ok(())
}

/// Removes what has expired, oldest first; tombstones after the sessions.
pub(super) fn sweep(tx: &Transaction<'_>, limit: u32) -> Result<Swept, Fault> {
    let lived = sweep_sessions(tx, limit)?;
    let sessions = u32::try_from(lived.len()).unwrap_or(limit);
    tx.grow(-i64::from(sessions));
    Ok(Swept::new(sessions + sweep_former(tx, limit - sessions)?, lived))
}

/// How long those that it removes had lived.
fn sweep_sessions(tx: &Transaction<'_>, limit: u32) -> Result<Vec<Duration>, Fault> {
    let mut statement = tx.prepare_cached(SWEEP_SESSIONS)?;
    let lived = statement.query_map(params![tx.now, limit], |row| row.get(0))?;
    lived.map(|lived| Ok(duration(lived?).unwrap_or_default())).collect()
}

pub(super) const SWEEP_SESSIONS: &str = "\
    DELETE FROM session WHERE id IN \
    (SELECT id FROM session WHERE expires <= ?1 ORDER BY expires LIMIT ?2) \
    RETURNING expires - created";

pub(super) const SWEEP_FORMER: &str = "\
    DELETE FROM former WHERE id IN \
    (SELECT id FROM former WHERE expires <= ?1 ORDER BY expires LIMIT ?2)";

fn sweep_former(tx: &Transaction<'_>, limit: u32) -> Result<u32, Fault> {
    let swept = tx.prepare_cached(SWEEP_FORMER)?.execute(params![tx.now, limit])?;
    Ok(u32::try_from(swept).unwrap_or(limit))
}

fn insert(tx: &Transaction<'_>, key: &SessionKey, draft: &Draft) -> Result<(), Fault> {
    let life = Life::begin(draft.lifetime, tx.now);
    tx.prepare_cached(INSERT)?.execute(params![
        id(key),
        key.as_bytes(),
        draft.user.as_ref().map(|user| user.as_str()),
        tx.now,
        life.idle,
        life.ends,
        life.expires,
        draft.payload.as_bytes()
    ])?;
    tx.grow(1);
    Ok(())
}

pub(super) const INSERT: &str = "\
    INSERT INTO session (id, key, version, user, seq, created, last_seen, idle, ends, expires, \
    payload) VALUES (?1, ?2, 1, ?3, \
    (SELECT ifnull(max(seq), 0) + 1 FROM session WHERE user = ?3), ?4, ?4, ?5, ?6, ?7, ?8)";

fn end_all(tx: &Transaction<'_>, keys: &[SessionKey]) -> Result<(), Fault> {
    keys.iter().try_for_each(|key| end(tx, key))
}

fn end(tx: &Transaction<'_>, key: &SessionKey) -> Result<(), Fault> {
    remove(tx, key)?;
    bury(tx, key, None, (NEVER, tx.now + span(TOMBSTONE_LIFE)))
}

fn remove(tx: &Transaction<'_>, key: &SessionKey) -> Result<(), Fault> {
    tx.prepare_cached("DELETE FROM session WHERE id = ?1")?.execute([id(key)])?;
    tx.grow(-1);
    Ok(())
}

/// The end of a grace that there never was.
pub(super) const NEVER: i64 = 0;

/// Remembers that a key had a session, for longer than any request with it is in flight.
fn bury(
    tx: &Transaction<'_>,
    key: &SessionKey,
    successor: Option<&SessionKey>,
    (grace_ends, expires): (i64, i64),
) -> Result<(), Fault> {
    const SQL: &str = "\
        INSERT INTO former (id, key, successor, grace_ends, expires) VALUES (?1, ?2, ?3, ?4, ?5)";
    let successor = successor.map(SessionKey::as_bytes);
    tx.prepare_cached(SQL)?.execute(params![
        id(key),
        key.as_bytes(),
        successor,
        grace_ends,
        expires
    ])?;
    Ok(())
}
