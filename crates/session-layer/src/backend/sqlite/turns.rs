use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::retry_on_intr;

use super::fault::Fault;

/// Who writes takes turns, across processes: a lock on a file of its own beside the database,
/// which the system gives back when its process dies.
///
/// SQLite has a lock of its own for that, but no queue: who finds it taken sleeps and tries again,
/// and between busy processes may never find it free. And until SQLite 3.51.3 a transaction that
/// begins while another connection's checkpoint does can cost committed pages ("WAL-reset bug");
/// who has the turn is alone in both.
#[derive(Debug)]
pub(super) struct Turns(File);

/// The turn, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a>(&'a File);

impl Turns {
    /// Those of the database at a path.
    pub(super) fn of(path: &Path) -> Result<Self, Fault> {
        let mut name = path.as_os_str().to_owned();
        name.push("-turn");
        let mut options = OpenOptions::new();
        Ok(Self(options.create(true).truncate(false).write(true).mode(0o600).open(name)?))
    }

    /// Waits for the turn, without a deadline: for threads that nobody waits for without one.
    pub(super) fn take(&self) -> Result<Turn<'_>, Fault> {
        retry_on_intr(|| flock(&self.0, FlockOperation::LockExclusive))
            .map_err(std::io::Error::from)?;
        Ok(Turn(&self.0))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let _ = flock(self.0, FlockOperation::Unlock);
    }
}
