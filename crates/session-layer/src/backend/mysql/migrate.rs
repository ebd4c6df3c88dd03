use sqlx::{Executor, MySqlConnection, Row};

use super::StorageEngine;
use crate::backend::sql::{Migration, Work};

const MIGRATIONS: [Migration; 1] =
    [Migration { version: 1, sql: include_str!("../../../migrations/mysql/0001_sessions.sql") }];

/// [`MySqlBackend::migrate`](super::MySqlBackend::migrate).
///
/// No lock keeps several from doing so at once, for Galera has none that all nodes heed: every file
/// does no harm when it is run twice.
pub(super) struct Migrate {
    pub(super) engine: StorageEngine,
}

impl Work<MySqlConnection> for Migrate {
    type Done = ();

    const REPEATABLE: bool = true;

    async fn run(&self, connection: &mut MySqlConnection) -> Result<(), sqlx::Error> {
        let applied = applied(connection).await?;
        for Migration { version, sql } in MIGRATIONS {
            if !applied.contains(&version) {
                connection.execute(&*on(self.engine, sql)).await?;
            }
        }
        Ok(())
    }
}

async fn applied(connection: &mut MySqlConnection) -> Result<Vec<i32>, sqlx::Error> {
    let query = sqlx::query("SELECT version FROM session_migrations");
    match query.fetch_all(connection).await {
        Ok(rows) => rows.iter().map(|row| row.try_get(0)).collect(),
        Err(error) if is_new(&error) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The table is not there: "no such table".
fn is_new(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("42S02"))
}

/// The same tables on another engine.
fn on(engine: StorageEngine, sql: &str) -> String {
    match engine {
        StorageEngine::InnoDb => sql.to_owned(),
        StorageEngine::Ndb => sql.replace("ENGINE=InnoDB", "ENGINE=NDB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_on_the_engine_that_was_chosen() {
        let [Migration { sql, .. }] = MIGRATIONS;
        let tables = sql.matches("CREATE TABLE").count();
        assert_eq!(on(StorageEngine::InnoDb, sql).matches(") ENGINE=InnoDB;").count(), tables);
        let ndb = on(StorageEngine::Ndb, sql);
        assert_eq!(ndb.matches(") ENGINE=NDB;").count(), tables);
        assert!(!ndb.contains("InnoDB"));
    }
}
