//! Redis.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, anyhow};
use tokio::net::TcpStream;

use crate::redis_talk::talk;
use crate::{Folder, Port, Process, program, until};

/// A Redis server that keeps nothing on disk, so that a restart empties it.
#[derive(Debug)]
pub struct Redis {
    process: Process,
    options: Vec<String>,
    port: Port,
    folder: Folder,
}

impl Redis {
    /// Starts one.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub async fn start() -> Result<Self> {
        Self::start_with(&[]).await
    }

    /// Starts one with more options, such as `--requirepass secret`.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub async fn start_with(options: &[&str]) -> Result<Self> {
        let (folder, port) = (Folder::create()?, Port::draw()?);
        let number = port.number().to_string();
        let options = [&["--port", &number], options].concat();
        Self::start_in(folder, port, &options).await
    }

    /// Starts one that takes nothing but TLS: with a certificate and its key, and with the
    /// authority of its clients' certificates, which it asks for if there is one. All in PEM.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub async fn start_with_tls(
        certificate: &str,
        key: &str,
        clients: Option<&str>,
    ) -> Result<Self> {
        let (folder, port) = (Folder::create()?, Port::draw()?);
        let file = |name, text| write(folder.path(), name, text);
        let number = port.number().to_string();
        let asks = if clients.is_some() { "yes" } else { "no" };
        let options = [
            ["--port", "0"],
            ["--tls-port", &number],
            ["--tls-cert-file", &file("certificate.pem", certificate)?],
            ["--tls-key-file", &file("key.pem", key)?],
            ["--tls-ca-cert-file", &file("clients.pem", clients.unwrap_or(certificate))?],
            ["--tls-auth-clients", asks],
        ];
        Self::start_in(folder, port, &options.concat()).await
    }

    async fn start_in(folder: Folder, port: Port, options: &[&str]) -> Result<Self> {
        let options = options.iter().copied().map(str::to_owned).collect::<Vec<_>>();
        let process = spawn(folder.path(), &options)?;
        let mut server = Self { process, options, port, folder };
        server.up().await?;
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// The same as a URL.
    pub fn url(&self) -> String {
        self.url_as("")
    }

    /// The same with a login, such as `user:password@`.
    pub fn url_as(&self, login: &str) -> String {
        let scheme = if self.options.iter().any(|option| option == "--tls-port") {
            "rediss"
        } else {
            "redis"
        };
        format!("{scheme}://{login}{}", self.port.address())
    }

    /// What it answers to a command, as it is on the wire.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn command(&self, line: &str) -> Result<String> {
        Ok(talk(self.address(), &[line]).await?)
    }

    /// Ends it on the spot, as a power cut does.
    ///
    /// # Errors
    /// It is gone already.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.kill().await
    }

    /// Starts it again after it was killed, on the port that it had, and empty.
    ///
    /// # Errors
    /// It does not come up.
    pub async fn restart(&mut self) -> Result<()> {
        self.process = spawn(self.folder.path(), &self.options)?;
        self.up().await
    }

    /// Stops it where it is: it keeps its connections, and answers nobody.
    ///
    /// # Errors
    /// It is gone already.
    pub async fn freeze(&self) -> Result<()> {
        self.process.freeze().await
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// It is gone already.
    pub fn thaw(&self) -> Result<()> {
        self.process.thaw()
    }

    /// It listens when it is ready.
    async fn up(&mut self) -> Result<()> {
        let Self { process, port, folder, .. } = self;
        until("Redis is ready", async || match process.ended() {
            Ok(None) => TcpStream::connect(port.address()).await.ok().map(|_| Ok(())),
            _ => Some(Err(log(folder.path()))),
        })
        .await?
    }
}

fn spawn(folder: &Path, options: &[String]) -> Result<Process> {
    let mut server = Command::new(program("redis-server")?);
    // Without the system's own settings.
    server.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"]).arg(folder);
    server.args(options);
    Process::start(&mut server, &folder.join("log"))
}

fn write(folder: &Path, name: &str, text: &str) -> Result<String> {
    let path = folder.join(name);
    fs::write(&path, text)?;
    Ok(path.display().to_string())
}

fn log(folder: &Path) -> anyhow::Error {
    let text = fs::read_to_string(folder.join("log")).unwrap_or_default();
    anyhow!("Redis ended: {text}")
}
