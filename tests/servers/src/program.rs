//! Where an installed program is.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// Where `tests/servers.sh` puts what Debian does not have.
const OURS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/servers/bin");

/// Where daemons are, which not every user's PATH has.
const DAEMONS: &str = "/usr/local/sbin:/usr/sbin:/sbin";

/// The path of an installed program.
///
/// # Errors
/// It is not installed; the text says how to install it.
pub fn program(name: &str) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(OURS)
        .chain(env::split_paths(&path))
        .chain(env::split_paths(DAEMONS))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .with_context(|| format!("{name} is missing: install it with `bash tests/servers.sh`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_command_that_installs_it() {
        let error = program("no-such-server").unwrap_err();
        let text = "no-such-server is missing: install it with `bash tests/servers.sh`";
        assert_eq!(error.to_string(), text);
    }
}
