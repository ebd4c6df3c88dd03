-- The tables of session-layer, for PostgreSQL. `PostgresBackend::migrate()` runs this file in a
-- transaction; so may an administrator, with `psql --single-transaction`, in the schema that the
-- sessions are to be in. To run it twice does no harm.

-- Which of these files were run.
CREATE TABLE IF NOT EXISTS session_migrations (
    version     integer         NOT NULL PRIMARY KEY,
    applied     timestamptz     NOT NULL DEFAULT now()
);

-- One row for each session, and for each key that had one a moment ago. Times are milliseconds
-- since 1970 by the server's clock, spans are milliseconds.
CREATE TABLE IF NOT EXISTS sessions (
    id          bytea       NOT NULL PRIMARY KEY CHECK (octet_length(id) = 32),
    state       smallint    NOT NULL,
    user_id     bytea       NULL,
    payload     bytea       NOT NULL,
    version     bigint      NOT NULL,
    created     bigint      NOT NULL,
    last_seen   bigint      NOT NULL,
    idle        bigint      NOT NULL,
    ends        bigint      NOT NULL,
    expires     bigint      NOT NULL,
    successor   bytea       NULL
);

COMMENT ON COLUMN sessions.id IS 'SHA-256 of the id in the cookie';
COMMENT ON COLUMN sessions.state IS '0 live, 1 superseded by another key, 2 ended, 3 expired';
COMMENT ON COLUMN sessions.user_id IS 'whose it is, in UTF-8; NULL for nobody, and if it is not live';
COMMENT ON COLUMN sessions.payload IS 'its content; empty if it is not live';
COMMENT ON COLUMN sessions.version IS 'counts its changes';
COMMENT ON COLUMN sessions.created IS 'when it began';
COMMENT ON COLUMN sessions.last_seen IS 'when it was last used';
COMMENT ON COLUMN sessions.idle IS 'how long it lives unused';
COMMENT ON COLUMN sessions.ends IS 'when it ends however used it is; if superseded, when the key stops leading on';
COMMENT ON COLUMN sessions.expires IS 'when it ends unless it is used before; from then on the row may be deleted';
COMMENT ON COLUMN sessions.successor IS 'if superseded, the key that this one leads to';

CREATE INDEX IF NOT EXISTS sessions_of_user ON sessions (user_id, created) WHERE user_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS sessions_by_expiry ON sessions (expires);

INSERT INTO session_migrations (version) VALUES (1) ON CONFLICT DO NOTHING;
