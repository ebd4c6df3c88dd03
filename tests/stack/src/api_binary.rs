//! Builds the API.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;

/// The binary of the API, of the same profile and in the same target folder as the program that
/// asks. It is built at the first call, because Cargo builds no binaries of other packages for a
/// test.
///
/// # Errors
/// It can not be built.
pub fn api_binary() -> Result<&'static Path> {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BINARY
        .get_or_init(|| build().map_err(|error| format!("{error:#}")))
        .as_deref()
        .map_err(|error| anyhow!(error.clone()))
}

fn build() -> Result<PathBuf> {
    let (target, profile) = target_and_profile(&env::current_exe()?)?;
    let output = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--package", PACKAGE, "--message-format", "json"])
        .args(["--profile", &profile, "--target-dir"])
        .arg(target)
        .output()
        .context("cargo does not start")?;
    let (messages, errors) = (utf8(&output.stdout), utf8(&output.stderr));
    ensure!(output.status.success(), "{PACKAGE} can not be built: {errors}");
    messages.lines().find_map(executable).with_context(|| format!("{PACKAGE} has no binary"))
}

/// Of a program `TARGET/PROFILE/name` or `TARGET/PROFILE/deps/name`.
fn target_and_profile(program: &Path) -> Result<(PathBuf, String)> {
    let folder = program
        .ancestors()
        .skip(1)
        .find(|folder| !folder.ends_with("deps"))
        .context("this program is in no folder")?;
    let target = folder.parent().context("this program is in no target folder")?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let profile = if name == "debug" { "dev".into() } else { name.into_owned() };
    Ok((target.to_owned(), profile))
}

fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let name = message.pointer("/target/name")?;
    let file = message.get("executable")?.as_str()?;
    (name == PACKAGE).then(|| file.into())
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const PACKAGE: &str = "stateless-api";
