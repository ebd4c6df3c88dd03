//! The examples that the tests start.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// An example.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Example {
    /// The API that verifies tokens.
    StatelessApi,
    /// The shop that keeps sessions.
    Shop,
}

impl Example {
    /// Its binary, of the same profile as the program that asks. Cargo has built it before the
    /// tests and benchmarks of this package, as a binary of this package.
    ///
    /// # Errors
    /// It is not there.
    pub fn binary(self) -> Result<PathBuf> {
        let program = env::current_exe()?;
        let binary = profile_folder(&program)?.join(self.name());
        ensure!(
            binary.exists(),
            "{} is missing: cargo build -p stack-tests --bins",
            binary.display()
        );
        Ok(binary)
    }

    fn name(self) -> &'static str {
        match self {
            Self::StatelessApi => "tested-stateless-api",
            Self::Shop => "tested-shop",
        }
    }
}

/// Of a program `TARGET/PROFILE/name` or `TARGET/PROFILE/deps/name`.
fn profile_folder(program: &Path) -> Result<&Path> {
    let mut folders = program.ancestors().skip(1);
    folders.find(|folder| !folder.ends_with("deps")).context("this program is in no folder")
}
