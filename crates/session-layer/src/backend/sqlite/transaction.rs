use std::cell::Cell;
use std::ops::Deref;

use rusqlite::Connection;

use super::fault::Fault;

/// A transaction that has begun to write: nobody else changes the file until it ends.
pub(super) struct Transaction<'a> {
    file: &'a Connection,
    /// When it began, by the clock.
    pub(super) now: i64,
    grown: Cell<i64>,
}

impl<'a> Transaction<'a> {
    /// Runs the work in one, and commits what it did, or nothing if it failed.
    pub(super) fn run(
        file: &'a Connection,
        now: i64,
        work: impl FnOnce(&Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let transaction = Self { file, now, grown: Cell::new(0) };
        let result = work(&transaction).and_then(|()| transaction.commit());
        if result.is_err() && !file.is_autocommit() {
            let _ = file.execute_batch("ROLLBACK");
        }
        result
    }

    /// Notes how many sessions came, or, below zero, went.
    pub(super) fn grow(&self, by: i64) {
        self.grown.set(self.grown.get() + by);
    }

    fn commit(&self) -> Result<(), Fault> {
        if self.grown.get() != 0 {
            let mut statement = self.file.prepare_cached("UPDATE figures SET live = live + ?1")?;
            statement.execute([self.grown.get()])?;
        }
        Ok(self.file.execute_batch("COMMIT")?)
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.file
    }
}
