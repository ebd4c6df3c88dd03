//! The statements, as an administrator would write them, with their parameters in this order.
//!
//! Now is `UTC_TIMESTAMP`, for it is one instant for all of a statement, the same on its replicas,
//! and asks no time zone. An expression may name a column that the same statement has set before
//! it, and means the new value. A statement that waited for a row has an earlier now than who
//! changed the row meanwhile, and may have seen the session later.

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
/// these two again, old id, version. Locked, for another one of this version may be restored there
/// meanwhile.
pub(super) const INSERT_RENEWED: &str = "
INSERT INTO sessions
       (id, state, user_id, payload, version, created, last_seen, idle, ends, expires)
SELECT ?, 0, user_id, ?, version + 1, created, GREATEST(last_seen, now),
       COALESCE(?, idle), COALESCE(now + ?, ends),
       LEAST(GREATEST(last_seen, now) + COALESCE(?, idle), COALESCE(now + ?, ends))
FROM sessions, (
    SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000 AS now
) AS clock
WHERE id = ? AND version = ? AND state = 0 AND expires > now
FOR UPDATE";

/// A session from elsewhere: id, user, payload, version, created, last seen, idle, end, expiry, the
/// expiry again.
pub(super) const INSERT_RESTORED: &str = "
INSERT INTO sessions
       (id, state, user_id, payload, version, created, last_seen, idle, ends, expires)
SELECT ?, 0, ?, ?, ?, ?, ?, ?, ?, ?
FROM (
    SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000 AS now
) AS clock
WHERE ? > now";

/// The same in the place of a session of no higher version, or of what has expired: user, payload,
/// version, created, last seen, idle, end, expiry, id, the version again.
pub(super) const REPLACE_BY_RESTORED: &str = "
UPDATE sessions
SET state = 0, user_id = ?, payload = ?, version = ?, created = ?, last_seen = ?, idle = ?,
    ends = ?, expires = ?, successor = NULL
WHERE id = ?
  AND (state = 0 AND version <= ?
       OR expires <= TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)";

/// Leaves a key to its successor, then a tombstone; found by the key and not among all of its user,
/// which the first COALESCE is for: successor or NULL, grace, life of a tombstone, id, version, user
/// or NULL.
pub(super) const SUPERSEDE: &str = "
UPDATE sessions
SET state = 1, user_id = NULL, payload = '', successor = ?,
    ends = TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000 + ?,
    expires = ends + ?
WHERE id = ?
  AND version = ?
  AND COALESCE(user_id, '') = COALESCE(?, '')
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
    last_seen = GREATEST(
        last_seen, TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000
    ),
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
SET last_seen = GREATEST(
        last_seen, TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000
    ),
    expires = LEAST(last_seen + idle, ends)
WHERE id = ?
  AND state = 0
  AND expires > TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000";

/// Takes a user's turn: the number of the lock.
pub(super) const LOCK_USER: &str = "
UPDATE session_locks
SET turns = turns + 1
WHERE number = ?";

/// Leaves a user's expired sessions to nobody, found by the user and not among all that have expired,
/// which the sum is for: user.
pub(super) const DISOWN_EXPIRED: &str = "
UPDATE sessions
SET state = 3, user_id = NULL, payload = ''
WHERE user_id = ?
  AND expires + 0 <= TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000";

/// The keys of a user's sessions, which nobody else ends until the transaction ends: user.
pub(super) const KEYS_OF_USER: &str = "
SELECT id
FROM sessions
WHERE user_id = ?
ORDER BY created, id
FOR UPDATE";

/// What has expired, what did so first to begin with, which nobody else changes until the transaction
/// ends, and of sessions how long they had lived: how many rows.
pub(super) const EXPIRED: &str = "
SELECT id, CASE WHEN state IN (0, 3) THEN expires - created END
FROM sessions
WHERE expires <= TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000
ORDER BY expires
LIMIT ?
FOR UPDATE";

/// Removes rows: their ids follow, each after a comma, and a parenthesis. Without any it removes none, and
/// is refused to who may not.
pub(super) const REMOVE: &str = "
DELETE FROM sessions
WHERE id IN (NULL";

/// Counts what has not expired, and what of it is live, and when: how many rows to look at.
pub(super) const COUNT: &str = "
SELECT COUNT(*), COUNT(CASE state WHEN 0 THEN 1 END),
    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000
FROM (
    SELECT state
    FROM sessions
    WHERE expires > TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000
    ORDER BY expires
    LIMIT ?
) AS seen";

/// About how many rows there are.
pub(super) const ESTIMATE: &str = "
SELECT CAST(COALESCE(TABLE_ROWS, 0) AS SIGNED)
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'sessions'";

#[cfg(test)]
mod tests {
    use sqlx::{Connection, Executor, MySqlConnection, Row};
    use test_servers::MariaDb;

    use super::*;

    /// Ten thousand sessions of a thousand users, of which a hundred have expired.
    const FILL: &str = "
        INSERT INTO sessions
            SELECT UNHEX(SHA2(seq, 256)), 0, CONCAT('user ', seq MOD 1000), 'content', 1, 0, 0, 0,
                   9e12, IF(seq <= 100, 1, 8e12), NULL
            FROM seq_1_to_10000;
        ANALYZE TABLE sessions";

    const ID: &str = "UNHEX(SHA2(777, 256))";

    /// Statements, what their parameters may be, and the index by which they find their rows.
    const PLANS: [(&str, &[&str], &str); 14] = [
        (ENTRY, &[ID], "PRIMARY"),
        (LOCKED_ENTRY, &[ID], "PRIMARY"),
        (ENTRIES_OF_USER, &["'user 7'"], "sessions_of_user"),
        (FREE, &[ID], "PRIMARY"),
        (INSERT_RENEWED, &[ID, "''", "1", "1", "1", "1", ID, "1"], "PRIMARY"),
        (REPLACE_BY_RESTORED, &["NULL", "''", "1", "1", "1", "1", "1", "1", ID, "1"], "PRIMARY"),
        (SUPERSEDE, &["NULL", "1", "1", ID, "1", "NULL"], "PRIMARY"),
        (END, &["1", ID], "PRIMARY"),
        (UPDATE, &["''", "1", "1", ID, "1"], "PRIMARY"),
        (TOUCH, &[ID], "PRIMARY"),
        (DISOWN_EXPIRED, &["'user 7'"], "sessions_of_user"),
        (KEYS_OF_USER, &["'user 7'"], "sessions_of_user"),
        (EXPIRED, &["10"], "sessions_by_expiry"),
        (COUNT, &["10"], "sessions_by_expiry"),
    ];

    /// The index by which it finds its rows of `sessions`.
    async fn index(connection: &mut MySqlConnection, sql: &str, parameters: &[&str]) -> String {
        let all = parameters.iter().fold(sql.to_owned(), |sql, one| sql.replacen('?', one, 1));
        let plan = connection.fetch_all(&*format!("EXPLAIN {all}")).await.unwrap();
        let of_sessions = plan.iter().find(|row| row.get::<String, _>("table") == "sessions");
        of_sessions.and_then(|row| row.get("key")).unwrap_or_default()
    }

    #[tokio::test]
    async fn no_statement_scans_the_table() {
        let server = MariaDb::start().await.unwrap();
        let mut connection = MySqlConnection::connect(&server.url("")).await.unwrap();
        let tables = include_str!("../../../migrations/mysql/0001_sessions.sql");
        let fill = format!("CREATE DATABASE plans; USE plans; {tables} {FILL}");
        connection.execute(&*fill).await.unwrap();
        for (sql, parameters, expected) in PLANS {
            assert_eq!(index(&mut connection, sql, parameters).await, expected, "{sql}");
        }
        let remove = format!("{REMOVE}, {ID}, {ID})");
        assert_eq!(index(&mut connection, &remove, &[]).await, "PRIMARY", "{remove}");
    }
}
