//! The examples that the tests start, and how they are built.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;

/// An example.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Example {
    /// The API that verifies tokens.
    StatelessApi,
    /// The shop that keeps sessions.
    Shop,
}

impl Example {
    /// Its binary, of the same profile and in the same target folder as the program that asks. It
    /// is built at the first call, because Cargo builds no binaries of other packages for a test.
    ///
    /// # Errors
    /// It can not be built.
    pub fn binary(self) -> Result<PathBuf> {
        static BINARIES: LazyLock<Mutex<Built>> = LazyLock::new(Mutex::default);
        let mut binaries = BINARIES.lock().unwrap_or_else(PoisonError::into_inner);
        let build = || build(self.package()).map_err(|error| format!("{error:#}"));
        binaries.entry(self).or_insert_with(build).clone().map_err(|error| anyhow!(error))
    }

    fn package(self) -> &'static str {
        match self {
            Self::StatelessApi => "stateless-api",
            Self::Shop => "shop",
        }
    }
}

/// The binaries, or why they can not be built.
type Built = BTreeMap<Example, Result<PathBuf, String>>;

fn build(package: &str) -> Result<PathBuf> {
    let (target, profile) = target_and_profile(&env::current_exe()?)?;
    let output = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--package", package, "--message-format", "json"])
        .args(["--profile", &profile, "--target-dir"])
        .arg(target)
        .output()
        .context("cargo does not start")?;
    let (messages, errors) = (utf8(&output.stdout), utf8(&output.stderr));
    ensure!(output.status.success(), "{package} can not be built: {errors}");
    messages
        .lines()
        .find_map(|message| executable(message, package))
        .with_context(|| format!("{package} has no binary"))
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

fn executable(message: &str, package: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let name = message.pointer("/target/name")?;
    let file = message.get("executable")?.as_str()?;
    (name == package).then(|| file.into())
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
