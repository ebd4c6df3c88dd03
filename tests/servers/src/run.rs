//! Programs that run once, such as those that make a server's first files.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Runs it to its end.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("{name} does not start"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} failed: {text}");
    Ok(())
}
