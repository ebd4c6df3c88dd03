//! How many sessions a user may have.

use rusqlite::params;

use super::fault::Fault;
use super::row::id;
use super::transaction::Transaction;
use crate::backend::{Cap, CapPolicy, Draft, SessionKey, UserId};

/// Whether there is room for one more session.
pub(super) enum Room {
    /// When these are ended, oldest first.
    Without(Vec<SessionKey>),
    /// The user has as many as may be.
    Full,
}

/// Whether there is room for a draft's session, in place of the one that it replaces.
pub(super) fn room(
    tx: &Transaction<'_>,
    draft: &Draft,
    replaced: Option<&SessionKey>,
) -> Result<Room, Fault> {
    let (Some(user), Some(cap)) = (&draft.user, draft.cap) else {
        return Ok(Room::Without(Vec::new()));
    };
    Ok(within(cap, oldest_first(tx, user, replaced)?))
}

fn within(cap: Cap, mut live: Vec<SessionKey>) -> Room {
    let others = usize::try_from(cap.sessions.get() - 1).unwrap_or(usize::MAX);
    let excess = live.len().saturating_sub(others);
    match cap.policy {
        CapPolicy::Refuse if excess > 0 => Room::Full,
        _ => {
            live.truncate(excess);
            Room::Without(live)
        }
    }
}

fn oldest_first(
    tx: &Transaction<'_>,
    user: &UserId,
    except: Option<&SessionKey>,
) -> Result<Vec<SessionKey>, Fault> {
    let mut statement = tx.prepare_cached(OLDEST_FIRST)?;
    let bound = params![user.as_str(), tx.now, except.map(id)];
    let keys = statement.query_map(bound, |row| Ok(SessionKey::from_bytes(row.get(0)?)))?;
    Ok(keys.collect::<Result<_, _>>()?)
}

pub(super) const OLDEST_FIRST: &str = "\
    SELECT key FROM session WHERE user = ?1 AND expires > ?2 AND id IS NOT ?3 ORDER BY seq";
