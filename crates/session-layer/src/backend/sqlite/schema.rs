//! Whose file it is, and of which version.

use std::time::Instant;

use rusqlite::{Connection, ErrorCode};

use super::fault::Fault;
use super::patience::patiently;

/// What SQLite files of this crate have as their application id.
const APPLICATION: i64 = i64::from_be_bytes(*b"\0\0\0\0SesL");

/// What leads from each version to the next; the version is how many were applied.
const MIGRATIONS: [&str; 1] = [include_str!("schema/1.sql")];

/// Makes a new file one of this version, brings an older one up to it, and leaves any other as it
/// is.
pub(super) fn prepare(file: &Connection, until: Instant) -> Result<(), Fault> {
    let applied = patiently(until, || version(file))?;
    patiently(until, || write_ahead(file))?;
    if applied < MIGRATIONS.len() {
        patiently(until, || Ok(file.execute_batch("BEGIN IMMEDIATE")?))?;
        migrate(file)?;
    }
    Ok(())
}

/// How many migrations were applied to the file, if it is ours or new.
fn version(file: &Connection) -> Result<usize, Fault> {
    match pragma(file, "application_id") {
        Ok(APPLICATION) => known(pragma(file, "user_version")?),
        Ok(0) if is_new(file)? => Ok(0),
        Ok(_) => Err(unfit("it belongs to another program: give the sessions a file of their own")),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            Err(unfit("it is no SQLite database: give the sessions a file of their own"))
        }
        Err(error) => Err(error.into()),
    }
}

fn known(version: i64) -> Result<usize, Fault> {
    match usize::try_from(version) {
        Ok(version) if version <= MIGRATIONS.len() => Ok(version),
        _ => Err(Fault::Unfit(format!(
            "it has version {version}, which a newer program has made; this one knows versions up \
             to {}: update it, or give it another file",
            MIGRATIONS.len()
        ))),
    }
}

fn is_new(file: &Connection) -> Result<bool, Fault> {
    const SQL: &str = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
    Ok(pragma(file, "user_version")? == 0 && file.query_row(SQL, [], |row| row.get(0))?)
}

fn write_ahead(file: &Connection) -> Result<(), Fault> {
    let mode: String = file.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    match mode.as_str() {
        "wal" => Ok(()),
        _ => Err(unfit("it can't have a write-ahead log there: put it on a local disk")),
    }
}

fn migrate(file: &Connection) -> Result<(), Fault> {
    let result = apply_missing(file);
    if result.is_err() && !file.is_autocommit() {
        file.execute_batch("ROLLBACK")?;
    }
    result
}

fn apply_missing(file: &Connection) -> Result<(), Fault> {
    for migration in MIGRATIONS.iter().skip(version(file)?) {
        file.execute_batch(migration)?;
    }
    file.pragma_update(None, "application_id", APPLICATION)?;
    file.pragma_update(None, "user_version", i64::try_from(MIGRATIONS.len()).unwrap_or_default())?;
    Ok(file.execute_batch("COMMIT")?)
}

fn pragma(file: &Connection, name: &str) -> rusqlite::Result<i64> {
    file.pragma_query_value(None, name, |row| row.get(0))
}

fn unfit(text: &str) -> Fault {
    Fault::Unfit(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sqlite::cap::OLDEST_FIRST;
    use crate::backend::sqlite::row::{LIVE_BY_KEY, LIVE_BY_USER};
    use crate::backend::sqlite::write::{INSERT, MOVE_ON, PLACE, SWEEP_FORMER, SWEEP_SESSIONS};

    fn plan(file: &Connection, sql: &str) -> String {
        let mut statement = file.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let unbound = vec![None::<i64>; statement.parameter_count()];
        let unbound = rusqlite::params_from_iter(unbound);
        let steps = statement.query_map(unbound, |row| row.get::<_, String>(3)).unwrap();
        steps.collect::<Result<Vec<_>, _>>().unwrap().join("; ")
    }

    #[test]
    fn no_statement_scans_or_sorts() {
        let folder = tempfile::tempdir().unwrap();
        let file = Connection::open(folder.path().join("sessions.db")).unwrap();
        prepare(&file, Instant::now()).unwrap();
        let statements = [
            LIVE_BY_KEY,
            LIVE_BY_USER,
            OLDEST_FIRST,
            INSERT,
            MOVE_ON,
            PLACE,
            SWEEP_SESSIONS,
            SWEEP_FORMER,
        ];
        for sql in statements {
            let plan = plan(&file, sql);
            assert!(!plan.contains("SCAN ") && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
        }
    }

    #[test]
    fn a_file_that_is_prepared_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = Connection::open(folder.path().join("sessions.db")).unwrap();
        prepare(&file, Instant::now()).unwrap();
        file.execute_batch("UPDATE figures SET live = 7").unwrap();
        prepare(&file, Instant::now()).unwrap();
        let live: i64 = file.query_row("SELECT live FROM figures", [], |row| row.get(0)).unwrap();
        assert_eq!(live, 7);
    }
}
