-- Live sessions, and those that have expired and are not yet swept. All times are milliseconds,
-- those of the clock since 1970.
CREATE TABLE session (
    -- The first eight bytes of the key: no second look-up leads to the row.
    id INTEGER PRIMARY KEY,
    -- SHA-256 of the session's id.
    key BLOB NOT NULL,
    version INTEGER NOT NULL,
    user TEXT,
    -- The order in which the user's sessions were created.
    seq INTEGER NOT NULL,
    created INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    idle INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    -- The lesser of last_seen + idle and ends.
    expires INTEGER NOT NULL,
    payload BLOB NOT NULL
) STRICT;

CREATE INDEX session_user ON session (user, seq) WHERE user IS NOT NULL;
CREATE INDEX session_expires ON session (expires);

-- Keys that had a session, until nobody comes with them any more.
CREATE TABLE former (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    -- The key that took its place; none if the session was ended.
    successor BLOB,
    -- Until then the key leads to its successor; 0 if it never did.
    grace_ends INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;

CREATE INDEX former_expires ON former (expires);

-- One row: how many rows of sessions `session` has, so that nobody has to count them. What is no
-- session, and beside them, has a key that begins with B2275E.
CREATE TABLE figures (live INTEGER NOT NULL) STRICT;
INSERT INTO figures VALUES (0);
