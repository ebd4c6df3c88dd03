//! A sentinel of Redis.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, anyhow};
use tokio::net::TcpStream;

use crate::{Folder, Port, Process, program, until};

/// A running sentinel.
#[derive(Debug)]
pub struct Sentinel {
    process: Process,
    port: Port,
    folder: Folder,
}

impl Sentinel {
    /// Starts one with these lines as its configuration, on a port of its own.
    pub(crate) async fn start(port: Port, lines: &str) -> Result<Self> {
        let folder = Folder::create()?;
        let at = folder.path();
        let own = format!("port {}\nbind 127.0.0.1\ndir {}\n", port.number(), at.display());
        fs::write(at.join("sentinel.conf"), own + lines)?;
        let process = spawn(at)?;
        let mut sentinel = Self { process, port, folder };
        sentinel.up().await?;
        Ok(sentinel)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Ends it on the spot, as a power cut does.
    ///
    /// # Errors
    /// It is gone already.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.kill().await
    }

    /// Starts it again after it was killed, with what it knew.
    ///
    /// # Errors
    /// It does not come up.
    pub async fn restart(&mut self) -> Result<()> {
        self.process = spawn(self.folder.path())?;
        self.up().await
    }

    /// Stops it where it is: it keeps its connections, and answers nobody.
    ///
    /// # Errors
    /// It is gone already.
    pub async fn freeze(&self) -> Result<()> {
        self.process.freeze().await
    }

    /// It listens when it is ready.
    async fn up(&mut self) -> Result<()> {
        let Self { process, port, folder } = self;
        until("a sentinel is ready", async || match process.ended() {
            Ok(None) => TcpStream::connect(port.address()).await.ok().map(|_| Ok(())),
            _ => Some(Err(log(folder.path()))),
        })
        .await?
    }
}

fn spawn(folder: &Path) -> Result<Process> {
    let mut sentinel = Command::new(program("redis-server")?);
    // It writes into its configuration what it learns.
    sentinel.arg(folder.join("sentinel.conf")).arg("--sentinel");
    Process::start(&mut sentinel, &folder.join("log"))
}

fn log(folder: &Path) -> anyhow::Error {
    let text = fs::read_to_string(folder.join("log")).unwrap_or_default();
    anyhow!("the sentinel ended: {text}")
}
