//! The statements, as an administrator would write them, with their parameters in this order.
//!
//! Now is `UTC_TIMESTAMP`, for it is one instant for all of a statement, the same on its replicas,
//! and asks no time zone. An expression may name a column that the same statement has set before
//! it, and means the new value.

/// What is under a key: id.
pub(super) const ENTRY: &str = "
SELECT id, state, user_id, payload, version, created, last_seen, idle, ends, expires, successor,
       TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000
FROM sessions
WHERE id = ?";

/// The same, which nobody else changes until the transaction ends: id.
pub(super) const LOCKED_ENTRY: &str = "
SELECT id, state, user_id, payload, version, created, last_seen, idle, ends, expires, successor,
       TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000
FROM sessions
WHERE id = ?
FOR UPDATE";

/// A user's live sessions: user.
pub(super) const ENTRIES_OF_USER: &str = "
SELECT id, state, user_id, payload, version, created, last_seen, idle, ends, expires, successor,
       TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000
FROM sessions
WHERE user_id = ?
  AND state = 0
  AND expires > TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000
ORDER BY created, id";

/// A new session: id, user, payload, idle, absolute lifetime.
pub(super) const INSERT: &str = "
INSERT INTO sessions
       (id, state, user_id, payload, version, created, last_seen, idle, ends, expires)
VALUES (?, 0, ?, ?, 1,
        TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000, created,
        ?, created + ?, LEAST(created + idle, ends))";

/// Removes what has expired under a key: id.
pub(super) const FREE: &str = "
DELETE FROM sessions
WHERE id = ?
  AND expires <= TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000";

/// What a renewed session goes on as: new id, payload, idle or NULL, absolute lifetime or NULL,
/// these two again, old id, version.
pub(super) const INSERT_RENEWED: &str = "
INSERT INTO sessions
       (id, state, user_id, payload, version, created, last_seen, idle, ends, expires)
SELECT ?, 0, user_id, ?, version + 1, created, now,
       COALESCE(?, idle), COALESCE(now + ?, ends),
       LEAST(now + COALESCE(?, idle), COALESCE(now + ?, ends))
FROM sessions, (
    SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000 AS now
) AS clock
WHERE id = ? AND version = ? AND state = 0 AND expires > now";

/// Leaves a key to its successor, then a tombstone: successor or NULL, grace, life of a tombstone,
/// id, version.
pub(super) const SUPERSEDE: &str = "
UPDATE sessions
SET state = 1, user_id = NULL, payload = '', successor = ?,
    ends = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000 + ?,
    expires = ends + ?
WHERE id = ?
  AND version = ?
  AND state = 0
  AND expires > TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000";

/// Leaves a tombstone: its life, id.
pub(super) const END: &str = "
UPDATE sessions
SET state = 2, user_id = NULL, payload = '',
    ends = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000,
    expires = ends + ?
WHERE id = ?
  AND state = 0";

/// Changes a live session: payload, idle or NULL, absolute lifetime or NULL, id, version.
pub(super) const UPDATE: &str = "
UPDATE sessions
SET version = version + 1, payload = ?,
    last_seen = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000,
    idle = COALESCE(?, idle),
    ends = COALESCE(last_seen + ?, ends),
    expires = LEAST(last_seen + idle, ends)
WHERE id = ?
  AND version = ?
  AND state = 0
  AND expires > TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000";

/// Counts a live session as seen: id.
pub(super) const TOUCH: &str = "
UPDATE sessions
SET last_seen = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000,
    expires = LEAST(last_seen + idle, ends)
WHERE id = ?
  AND state = 0
  AND expires > TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000";

/// Takes a user's turn: the number of the lock.
pub(super) const LOCK_USER: &str = "
UPDATE session_locks
SET turns = turns + 1
WHERE number = ?";

/// Removes a user's expired sessions: user.
pub(super) const FORGET_EXPIRED: &str = "
DELETE FROM sessions
WHERE user_id = ?
  AND expires <= TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000";

/// The keys of a user's sessions: user.
pub(super) const KEYS_OF_USER: &str = "
SELECT id
FROM sessions
WHERE user_id = ?
ORDER BY created, id";

/// Removes what has expired, what did so first to begin with: how many rows.
pub(super) const SWEEP: &str = "
DELETE FROM sessions
WHERE expires <= TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000
ORDER BY expires
LIMIT ?";

/// Counts what has not expired, and what of it is live: how many rows to look at.
pub(super) const COUNT: &str = "
SELECT COUNT(*), COUNT(CASE state WHEN 0 THEN 1 END)
FROM (
    SELECT state
    FROM sessions
    WHERE expires > TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000
    LIMIT ?
) AS seen";

/// About how many rows there are.
pub(super) const ESTIMATE: &str = "
SELECT CAST(COALESCE(TABLE_ROWS, 0) AS SIGNED)
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sessions'";
