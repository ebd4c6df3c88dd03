//! The statements, as an administrator would write them.
//!
//! Now is `statement_timestamp()`, for it is one instant for all of a statement; in a transaction
//! that has waited for a lock, the statement that follows has a later one. A statement that itself
//! waited has an earlier now than who changed the row meanwhile, and may have seen the session later.

/// What is under a key: $1 id.
pub(super) const ENTRY: &str = "
SELECT id, state, user_id, payload, version, created, last_seen, idle, ends, expires, successor,
       floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint
FROM sessions
WHERE id = $1";

/// The same, which nobody else changes until the transaction ends: $1 id.
pub(super) const LOCKED_ENTRY: &str = "
SELECT id, state, user_id, payload, version, created, last_seen, idle, ends, expires, successor,
       floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint
FROM sessions
WHERE id = $1
FOR UPDATE";

/// A user's live sessions: $1 user.
pub(super) const ENTRIES_OF_USER: &str = "
SELECT id, state, user_id, payload, version, created, last_seen, idle, ends, expires, successor,
       floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint
FROM sessions
WHERE user_id = $1
  AND state = 0
  AND expires > floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint
ORDER BY created, id";

/// A new session, in the place of what has expired: $1 id, $2 user, $3 payload, $4 idle, $5
/// absolute lifetime.
pub(super) const INSERT: &str = "
WITH clock AS (
    SELECT floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint AS now
)
INSERT INTO sessions AS present
       (id, state, user_id, payload, version, created, last_seen, idle, ends, expires)
SELECT $1, 0, $2, $3, 1, now, now, $4, now + $5, now + LEAST($4, $5)
FROM clock
ON CONFLICT (id) DO UPDATE
SET state = EXCLUDED.state, user_id = EXCLUDED.user_id, payload = EXCLUDED.payload,
    version = EXCLUDED.version, created = EXCLUDED.created, last_seen = EXCLUDED.last_seen,
    idle = EXCLUDED.idle, ends = EXCLUDED.ends, expires = EXCLUDED.expires, successor = NULL
WHERE present.expires <= EXCLUDED.last_seen";

/// What a renewed session goes on as, in the place of what has expired: $1 new id, $2 payload, $3
/// idle or NULL, $4 absolute lifetime or NULL, $5 old id, $6 version. Locked, for another one of this
/// version may be restored there meanwhile.
pub(super) const INSERT_RENEWED: &str = "
WITH clock AS (
    SELECT floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint AS now
)
INSERT INTO sessions AS present
       (id, state, user_id, payload, version, created, last_seen, idle, ends, expires)
SELECT $1, 0, user_id, $2, version + 1, created, GREATEST(last_seen, now),
       COALESCE($3, idle), COALESCE(now + $4, ends),
       LEAST(GREATEST(last_seen, now) + COALESCE($3, idle), COALESCE(now + $4, ends))
FROM sessions, clock
WHERE id = $5 AND version = $6 AND state = 0 AND expires > now
FOR UPDATE OF sessions
ON CONFLICT (id) DO UPDATE
SET state = EXCLUDED.state, user_id = EXCLUDED.user_id, payload = EXCLUDED.payload,
    version = EXCLUDED.version, created = EXCLUDED.created, last_seen = EXCLUDED.last_seen,
    idle = EXCLUDED.idle, ends = EXCLUDED.ends, expires = EXCLUDED.expires, successor = NULL
WHERE present.expires <= floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint";

/// A session from elsewhere, in the place of one of no higher version or of what has expired: $1 id,
/// $2 user, $3 payload, $4 version, $5 created, $6 last seen, $7 idle, $8 end, $9 expiry.
pub(super) const RESTORE: &str = "
INSERT INTO sessions AS present
       (id, state, user_id, payload, version, created, last_seen, idle, ends, expires)
SELECT $1, 0, $2, $3, $4, $5, $6, $7, $8, $9
WHERE $9 > floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint
ON CONFLICT (id) DO UPDATE
SET state = EXCLUDED.state, user_id = EXCLUDED.user_id, payload = EXCLUDED.payload,
    version = EXCLUDED.version, created = EXCLUDED.created, last_seen = EXCLUDED.last_seen,
    idle = EXCLUDED.idle, ends = EXCLUDED.ends, expires = EXCLUDED.expires, successor = NULL
WHERE present.state = 0 AND present.version <= EXCLUDED.version
   OR present.expires <= floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint";

/// Leaves a key to its successor, then a tombstone: $1 successor or NULL, $2 grace, $3 life of a
/// tombstone, $4 id, $5 version, $6 user or NULL.
pub(super) const SUPERSEDE: &str = "
WITH clock AS (
    SELECT floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint AS now
)
UPDATE sessions
SET state = 1, user_id = NULL, payload = '', successor = $1,
    ends = now + $2, expires = now + $2 + $3
FROM clock
WHERE id = $4 AND version = $5 AND user_id IS NOT DISTINCT FROM $6
  AND state = 0 AND expires > now";

/// Leaves a tombstone: $1 its life, $2 id.
pub(super) const END: &str = "
WITH clock AS (
    SELECT floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint AS now
)
UPDATE sessions
SET state = 2, user_id = NULL, payload = '', ends = now, expires = now + $1
FROM clock
WHERE id = $2 AND state = 0";

/// Changes a live session: $1 payload, $2 idle or NULL, $3 absolute lifetime or NULL, $4 id, $5
/// version.
pub(super) const UPDATE: &str = "
WITH clock AS (
    SELECT floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint AS now
)
UPDATE sessions
SET version = version + 1, payload = $1, last_seen = GREATEST(last_seen, now),
    idle = COALESCE($2, idle), ends = COALESCE(now + $3, ends),
    expires = LEAST(GREATEST(last_seen, now) + COALESCE($2, idle), COALESCE(now + $3, ends))
FROM clock
WHERE id = $4 AND version = $5 AND state = 0 AND expires > now";

/// Counts a live session as seen: $1 id.
pub(super) const TOUCH: &str = "
WITH clock AS (
    SELECT floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint AS now
)
UPDATE sessions
SET last_seen = GREATEST(last_seen, now),
    expires = LEAST(GREATEST(last_seen, now) + idle, ends)
FROM clock
WHERE id = $1 AND state = 0 AND expires > now";

/// Takes a user's turn: $1 what the locks of all users share, $2 the user's number.
pub(super) const LOCK_USER: &str = "
SELECT pg_advisory_xact_lock($1, $2)";

/// Leaves a user's expired sessions to nobody, found by the user and not among all that have expired,
/// which the sum is for: $1 user.
pub(super) const DISOWN_EXPIRED: &str = "
UPDATE sessions
SET state = 3, user_id = NULL, payload = ''
WHERE user_id = $1
  AND expires + 0 <= floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint";

/// The keys of a user's sessions, which nobody else ends until the transaction ends: $1 user.
pub(super) const KEYS_OF_USER: &str = "
SELECT id
FROM sessions
WHERE user_id = $1
ORDER BY created, id
FOR UPDATE";

/// Removes what has expired, what did so first to begin with, and waits for nobody who has a row; of
/// sessions it says how long they had lived: $1 how many rows.
pub(super) const SWEEP: &str = "
WITH expired AS MATERIALIZED (
    SELECT id
    FROM sessions
    WHERE expires <= floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint
    ORDER BY expires
    LIMIT $1
    FOR UPDATE SKIP LOCKED
)
DELETE FROM sessions
USING expired
WHERE sessions.id = expired.id
RETURNING CASE WHEN state IN (0, 3) THEN expires - created END";

/// Counts what has not expired, and what of it is live, and when: $1 how many rows to look at.
pub(super) const COUNT: &str = "
SELECT count(*), count(*) FILTER (WHERE state = 0),
    floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint
FROM (
    SELECT state
    FROM sessions
    WHERE expires > floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint
    ORDER BY expires
    LIMIT $1
) AS seen";

/// About how many rows there are.
pub(super) const ESTIMATE: &str = "
SELECT greatest(reltuples, 0)::bigint
FROM pg_class
WHERE oid = 'sessions'::regclass";

#[cfg(test)]
mod tests {
    use sqlx::{Connection, Executor, PgConnection, Row};
    use test_servers::Postgres;

    use super::*;

    /// Ten thousand sessions of a thousand users, of which a hundred have expired.
    const FILL: &str = "
        INSERT INTO sessions
            SELECT sha256(n::text::bytea), 0, ('user ' || n % 1000)::bytea, 'content', 1, 0, 0, 0,
                   9e12, CASE WHEN n <= 100 THEN 1 ELSE 8e12 END, NULL
            FROM generate_series(1, 10000) AS n;
        ANALYZE sessions";

    const ID: &str = "sha256('777')";

    /// Statements, what their parameters may be, and the index by which they find their rows.
    const PLANS: [(&str, &[&str], &str); 13] = [
        (ENTRY, &[ID], "sessions_pkey"),
        (LOCKED_ENTRY, &[ID], "sessions_pkey"),
        (ENTRIES_OF_USER, &["'user 7'"], "sessions_of_user"),
        (INSERT_RENEWED, &[ID, "''", "1", "1", ID, "1"], "sessions_pkey"),
        (RESTORE, &[ID, "NULL", "''", "1", "1", "1", "1", "1", "8e12"], "sessions_pkey"),
        (SUPERSEDE, &["NULL", "1", "1", ID, "1", "NULL"], "sessions_pkey"),
        (END, &["1", ID], "sessions_pkey"),
        (UPDATE, &["''", "1", "1", ID, "1"], "sessions_pkey"),
        (TOUCH, &[ID], "sessions_pkey"),
        (DISOWN_EXPIRED, &["'user 7'"], "sessions_of_user"),
        (KEYS_OF_USER, &["'user 7'"], "sessions_of_user"),
        (SWEEP, &["10"], "sessions_by_expiry"),
        (COUNT, &["10"], "sessions_by_expiry"),
    ];

    /// How it is carried out.
    async fn plan(connection: &mut PgConnection, sql: &str, parameters: &[&str]) -> String {
        let numbered = parameters.iter().enumerate();
        let all = numbered.fold(sql.to_owned(), |sql, (number, parameter)| {
            sql.replace(&format!("${}", number + 1), parameter)
        });
        let plan = connection.fetch_all(&*format!("EXPLAIN {all}")).await.unwrap();
        plan.iter().map(|row| row.get::<String, _>(0) + "\n").collect()
    }

    #[tokio::test]
    async fn no_statement_scans_the_table() {
        let server = Postgres::start().await.unwrap();
        let mut connection = PgConnection::connect(&server.url("postgres")).await.unwrap();
        connection
            .execute(include_str!("../../../migrations/postgres/0001_sessions.sql"))
            .await
            .unwrap();
        connection.execute(FILL).await.unwrap();
        for (sql, parameters, expected) in PLANS {
            let plan = plan(&mut connection, sql, parameters).await;
            assert!(plan.contains(expected), "{sql}\n{plan}");
            assert!(!plan.contains("Seq Scan"), "{sql}\n{plan}");
        }
    }
}
