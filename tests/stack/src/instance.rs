//! One instance of an example.

use std::ffi::OsString;
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail};

use crate::account::USERS;
use crate::client::Client;
use crate::example::Example;
use crate::log::LogLine;
use test_servers::Port;
use test_servers::Process;
use test_servers::until;

/// An instance that can be stopped, killed and started again on the same port.
#[derive(Debug)]
pub struct Instance {
    example: Example,
    name: String,
    port: Port,
    options: Vec<OsString>,
    output: PathBuf,
    process: Option<Process>,
}

impl Instance {
    /// Starts it with further options, and its output in the folder. It is not ready yet.
    ///
    /// # Errors
    /// The example can not be started.
    pub fn start(
        example: Example,
        name: &str,
        options: &[OsString],
        folder: &Path,
    ) -> Result<Self> {
        let output = folder.join(format!("{name}.log"));
        let users = folder.join(format!("{name}.users"));
        fs::write(&users, USERS)?;
        let options = [options, &["--users".into(), users.into_os_string()]].concat();
        let (name, port) = (name.to_owned(), Port::draw()?);
        let mut instance = Self { example, name, port, options, output, process: None };
        instance.start_again()?;
        Ok(instance)
    }

    /// Starts it on the port that it had.
    ///
    /// # Errors
    /// The example can not be started.
    pub fn start_again(&mut self) -> Result<()> {
        let mut command = Command::new(self.example.binary()?);
        command
            .arg("--listen")
            .arg(self.port.address().to_string())
            .args(["--instance", &self.name, "--trusted-proxy", "127.0.0.1/32"])
            .args(["--drain", DRAIN_SECONDS, "--log", "json"])
            .args(&self.options);
        self.process = Some(Process::start(&mut command, &self.output)?);
        Ok(())
    }

    /// Comes back when it says that it is ready.
    ///
    /// # Errors
    /// It ended, or takes too long.
    pub async fn is_ready(&mut self) -> Result<()> {
        let mut client = self.client();
        until(&format!("{} was ready", self.name), async || {
            if !matches!(self.process.as_mut().map(Process::ended), Some(Ok(None))) {
                return Some(self.ended_early());
            }
            client.get("/ready").await.is_ok_and(|answer| answer.status == 200).then_some(Ok(()))
        })
        .await?
    }

    fn ended_early(&self) -> Result<()> {
        bail!("{} ended: {}", self.name, fs::read_to_string(&self.output)?)
    }

    /// Kills it (SIGKILL).
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Stops it where it is (SIGSTOP): requests reach it, and get no answer.
    ///
    /// # Errors
    /// It does not run.
    pub async fn freeze(&self) -> Result<()> {
        self.process.as_ref().context("it does not run")?.freeze().await
    }

    /// Lets it go on (SIGCONT).
    ///
    /// # Errors
    /// It does not run.
    pub fn thaw(&self) -> Result<()> {
        self.process.as_ref().context("it does not run")?.thaw()
    }

    /// Asks it to stop (SIGTERM) and comes back when it has.
    ///
    /// # Errors
    /// It does not run, or takes too long.
    pub async fn stop(&mut self) -> Result<ExitStatus> {
        let mut process = self.process.take().context("it does not run")?;
        process.terminate()?;
        process.end().await
    }

    /// The name that it answers with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it listens.
    pub fn port(&self) -> &Port {
        &self.port
    }

    /// An access token that this instance of the API issues itself.
    ///
    /// # Errors
    /// It issues none.
    pub async fn token(&self) -> Result<String> {
        self.client().log_in().await
    }

    /// A client that gets around the balancer.
    fn client(&self) -> Client {
        Client::to(self.port.address()).from(AROUND)
    }

    /// The requests for this path that it has logged, when there are this many.
    ///
    /// # Errors
    /// There are fewer, however long one waits.
    pub async fn logged(&self, path: &str, requests: usize) -> Result<Vec<LogLine>> {
        until(&format!("{} logged {requests} requests for {path}", self.name), async || {
            let mut lines = LogLine::all_of(&fs::read_to_string(&self.output).ok()?);
            lines.retain(|line| line.path == path);
            (lines.len() >= requests).then_some(lines)
        })
        .await
    }
}

/// No trusted proxy's address.
const AROUND: Ipv4Addr = Ipv4Addr::new(127, 0, 4, 1);

/// What the README of the configurations asks for.
const DRAIN_SECONDS: &str = "4";
