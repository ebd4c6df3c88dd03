//! Servers that refuse root, run by tests that are root's.

use std::ffi::OsStr;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

/// Who they run as then: nobody.
const NOBODY: u32 = 65_534;

/// A program, run as a user whom it takes.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Result<Command> {
    if !is_root() {
        return Ok(Command::new(program));
    }
    let mut command = Command::new(crate::program("setpriv")?);
    command.arg(format!("--reuid={NOBODY}")).arg(format!("--regid={NOBODY}"));
    command.arg("--clear-groups").arg(program);
    Ok(command)
}

/// Makes a file or a folder that user's.
pub(crate) fn give(path: &Path) -> Result<()> {
    if is_root() {
        chown(path, Some(NOBODY), Some(NOBODY))?;
    }
    Ok(())
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
