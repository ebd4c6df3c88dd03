//! Where an installed program is.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// Where daemons are, which not every user's PATH has.
const DAEMONS: &str = "/usr/local/sbin:/usr/sbin:/sbin";

/// The path of an installed program.
///
/// # Errors
/// It is not installed; the text says which package to install.
pub fn program(name: &str, package: &str) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(env::split_paths(DAEMONS))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .with_context(|| format!("{name} is missing: apt-get install {package}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_package_to_install() {
        let error = program("no-such-server", "no-such-package").unwrap_err();
        let text = "no-such-server is missing: apt-get install no-such-package";
        assert_eq!(error.to_string(), text);
    }
}
