//! The balancers, and how they are started.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use test_servers::program;

/// A balancer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server {
    program: &'static str,
    /// What stands before the configuration's name.
    arguments: &'static [&'static str],
}

impl Server {
    /// The command of the README beside the configurations, for one that lies in the folder. Caddy
    /// writes into the home.
    ///
    /// # Errors
    /// The program is not installed.
    pub(crate) fn command(self, folder: &Path, configuration: &str) -> Result<Command> {
        let mut command = Command::new(program(self.program)?);
        command.args(self.arguments).arg(configuration).current_dir(folder).env("HOME", folder);
        Ok(command)
    }
}

pub(crate) const NGINX: Server =
    Server { program: "nginx", arguments: &["-p", ".", "-e", "stderr", "-c"] };

pub(crate) const HAPROXY: Server = Server { program: "haproxy", arguments: &["-db", "-f"] };

pub(crate) const CADDY: Server =
    Server { program: "caddy", arguments: &["run", "--adapter", "caddyfile", "--config"] };

pub(crate) const ENVOY: Server =
    Server { program: "envoy", arguments: &["--disable-hot-restart", "-c"] };

pub(crate) const TRAEFIK: Server = Server { program: "traefik", arguments: &["--configFile"] };
