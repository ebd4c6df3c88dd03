use auth_core::{Clock, SharedClock};
use rusqlite::Connection;

use super::fault::Fault;
use super::place::Place;
use super::time::millis;

/// What one thread reads with at a time.
pub(super) struct Reading {
    pub(super) file: Connection,
    pub(super) place: Place,
    pub(super) clock: SharedClock,
}

impl Reading {
    /// Reads, with the time, if the file is there still.
    pub(super) fn run<T>(
        &self,
        work: impl Fn(&Connection, i64) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.place.check()?;
        work(&self.file, millis(self.clock.now()))
    }
}
