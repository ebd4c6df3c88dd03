-- The tables of session-layer, for MySQL 8 and MariaDB. `MySqlBackend::migrate()` runs this file;
-- so may an administrator, with any client, in the database that the sessions are to be in. To run
-- it twice, or twice at once, does no harm.

-- Which of these files were run.
CREATE TABLE IF NOT EXISTS session_migrations (
    version     INT         NOT NULL PRIMARY KEY,
    applied     TIMESTAMP   NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE=InnoDB;

-- One row for each session, and for each key that had one a moment ago. Times are milliseconds
-- since 1970 by the server's clock, spans are milliseconds.
CREATE TABLE IF NOT EXISTS sessions (
    id          BINARY(32)      NOT NULL PRIMARY KEY    COMMENT 'SHA-256 of the id in the cookie',
    state       SMALLINT        NOT NULL                COMMENT '0 live, 1 superseded by another key, 2 ended, 3 expired',
    user_id     VARBINARY(255)  NULL                    COMMENT 'whose it is; NULL for nobody, and if it is not live',
    payload     MEDIUMBLOB      NOT NULL                COMMENT 'its content; empty if it is not live',
    version     BIGINT          NOT NULL                COMMENT 'counts its changes',
    created     BIGINT          NOT NULL                COMMENT 'when it began',
    last_seen   BIGINT          NOT NULL                COMMENT 'when it was last used',
    idle        BIGINT          NOT NULL                COMMENT 'how long it lives unused',
    ends        BIGINT          NOT NULL                COMMENT 'when it ends however used it is; if superseded, when the key stops leading on',
    expires     BIGINT          NOT NULL                COMMENT 'when it ends unless it is used before; from then on the row may be deleted',
    successor   BINARY(32)      NULL                    COMMENT 'if superseded, the key that this one leads to',
    INDEX sessions_of_user (user_id, created),
    INDEX sessions_by_expiry (expires, state)
) ENGINE=InnoDB;

-- Who registers a session of a user within a cap has the row of the user's number until the end of
-- the transaction. The rows are as many as there ever are. On a Galera cluster that the row is
-- changed is what makes two nodes notice one another.
CREATE TABLE IF NOT EXISTS session_locks (
    number      SMALLINT    NOT NULL PRIMARY KEY,
    turns       BIGINT      NOT NULL
) ENGINE=InnoDB;

INSERT IGNORE INTO session_locks (number, turns)
    WITH RECURSIVE digit (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM digit WHERE n < 31)
    SELECT high.n * 32 + low.n, 0 FROM digit AS high, digit AS low;

INSERT IGNORE INTO session_migrations (version) VALUES (1);
