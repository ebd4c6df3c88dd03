//! A balancer with one of the shipped configurations.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::client::Client;
use crate::shipped::{Fronts, Shipped};
use test_servers::Port;
use test_servers::Process;
use test_servers::until;

/// A running balancer.
#[derive(Debug)]
pub struct Balancer {
    front: Port,
    tls_front: Port,
    process: Process,
    output: PathBuf,
}

impl Balancer {
    /// Starts it before the instances on these ports, of which the last is the backup's, and
    /// waits until it answers.
    ///
    /// # Errors
    /// The server is missing or refuses its configuration.
    pub async fn start(shipped: Shipped, folder: &Path, backends: [u16; 4]) -> Result<Self> {
        let (front, tls_front) = (Port::draw()?, Port::draw()?);
        let fronts = Fronts { plain: front.number(), tls: tls_front.number() };
        let mut command = shipped.command(folder, fronts, backends)?;
        let output = folder.join("balancer.log");
        let process = Process::start(&mut command, &output)?;
        let mut balancer = Self { front, tls_front, process, output };
        balancer.answers().await?;
        Ok(balancer)
    }

    /// Where clients connect to.
    pub fn front(&self) -> &Port {
        &self.front
    }

    /// Where they connect to with TLS, if it is one that has such a front.
    pub fn tls_front(&self) -> &Port {
        &self.tls_front
    }

    async fn answers(&mut self) -> Result<()> {
        let mut client = Client::to(self.front.address());
        until("the balancer answered", async || {
            if !matches!(self.process.ended(), Ok(None)) {
                return Some(self.refused());
            }
            client.get("/ready").await.is_ok_and(|answer| answer.status == 200).then_some(Ok(()))
        })
        .await?
    }

    fn refused(&self) -> Result<()> {
        bail!("the balancer ended: {}", fs::read_to_string(&self.output)?)
    }
}
