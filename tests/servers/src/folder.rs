//! Temporary folders.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::watchdog::Watchdog;

/// A temporary folder that is removed with this value, and when the test is killed.
#[derive(Debug)]
pub struct Folder {
    _watchdog: Watchdog,
    folder: TempDir,
}

impl Folder {
    /// An empty one.
    ///
    /// # Errors
    /// It can not be made.
    pub fn create() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("test-server-").tempdir()?;
        let _watchdog = Watchdog::over_folder(folder.path())?;
        Ok(Self { _watchdog, folder })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Copies all of this one into another one, owners included.
    ///
    /// # Errors
    /// It can not be copied.
    pub fn copy_to(&self, other: &Folder) -> Result<()> {
        let copied =
            Command::new("cp").arg("-a").arg(self.path().join(".")).arg(other.path()).status();
        ensure!(copied.context("cp does not start")?.success(), "a folder can't be copied");
        Ok(())
    }
}
