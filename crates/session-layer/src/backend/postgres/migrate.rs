use sqlx::{Connection, Executor, PgConnection, Row};

use crate::backend::sql::{Migration, Work};

const MIGRATIONS: [Migration; 1] =
    [Migration { version: 1, sql: include_str!("../../../migrations/postgres/0001_sessions.sql") }];

/// Only one does so at a time.
const LOCK: &str = "SELECT pg_advisory_xact_lock(x'5e551074'::int, 0)";

/// [`PostgresBackend::migrate`](super::PostgresBackend::migrate).
pub(super) struct Migrate;

impl Work<PgConnection> for Migrate {
    type Done = ();

    const REPEATABLE: bool = true;

    async fn run(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        if is_done(&applied(connection).await?) {
            return Ok(());
        }
        let mut transaction = connection.begin().await?;
        transaction.execute(LOCK).await?;
        let applied = applied(&mut transaction).await?;
        for Migration { version, sql } in MIGRATIONS {
            if !applied.contains(&version) {
                transaction.execute(sql).await?;
            }
        }
        transaction.commit().await
    }
}

fn is_done(applied: &[i32]) -> bool {
    MIGRATIONS.iter().all(|migration| applied.contains(&migration.version))
}

/// Asks whether the table is there first: an error would end the transaction.
async fn applied(connection: &mut PgConnection) -> Result<Vec<i32>, sqlx::Error> {
    let is_there = "SELECT to_regclass('session_migrations') IS NOT NULL";
    if !connection.fetch_one(is_there).await?.try_get(0)? {
        return Ok(Vec::new());
    }
    let rows = connection.fetch_all("SELECT version FROM session_migrations").await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}
