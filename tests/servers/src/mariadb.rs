//! MariaDB.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;

use crate::run::run;
use crate::{Folder, Port, Process, program, until};

/// What of the server's own files is the same for all, made once a process.
static TEMPLATE: OnceCell<Folder> = OnceCell::const_new();

/// A MariaDB server, with `root` as its user, who has no password.
#[derive(Debug)]
pub struct MariaDb {
    process: Process,
    options: Vec<String>,
    port: Port,
    folder: Folder,
}

impl MariaDb {
    /// Starts an empty one.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub async fn start() -> Result<Self> {
        Self::start_with(&[]).await
    }

    /// Starts an empty one with more options.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub async fn start_with(options: &[&str]) -> Result<Self> {
        let options = options.iter().copied().map(str::to_owned).collect();
        Self::start_in(folder().await?, options).await
    }

    /// Starts an empty one that takes TLS, with a certificate and its key in PEM.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub async fn start_with_tls(certificate: &str, key: &str) -> Result<Self> {
        let folder = folder().await?;
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text)?;
            Ok::<_, io::Error>(path.display().to_string())
        };
        let certificate = format!("--ssl-cert={}", file("certificate.pem", certificate)?);
        let options = vec![certificate, format!("--ssl-key={}", file("key.pem", key)?)];
        Self::start_in(folder, options).await
    }

    async fn start_in(folder: Folder, options: Vec<String>) -> Result<Self> {
        let port = Port::draw()?;
        let process = spawn(&folder, &port, &options)?;
        let mut server = Self { process, options, port, folder };
        server.up().await?;
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// The URL of one of its databases, as `root`; of none, for an empty name.
    pub fn url(&self, database: &str) -> String {
        format!("mysql://root@{}/{database}", self.address())
    }

    /// Its data, whose size is what the sessions take.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Ends it on the spot, as a power cut does.
    ///
    /// # Errors
    /// It is gone already.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.kill().await
    }

    /// Starts it again after it was killed, with the data and the port that it had.
    ///
    /// # Errors
    /// It does not come up.
    pub async fn restart(&mut self) -> Result<()> {
        self.process = spawn(&self.folder, &self.port, &self.options)?;
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

    /// It listens when it is ready, and greets first.
    async fn up(&mut self) -> Result<()> {
        let Self { process, port, folder, .. } = self;
        until("MariaDB is ready", async || match process.ended() {
            Ok(None) => greeting(port.address()).await.ok().map(Ok),
            _ => Some(Err(log(folder))),
        })
        .await?
    }
}

async fn greeting(server: SocketAddr) -> Result<()> {
    let mut stream = TcpStream::connect(server).await?;
    stream.read_exact(&mut [0; 5]).await?;
    Ok(())
}

fn log(folder: &Folder) -> anyhow::Error {
    let text = fs::read_to_string(folder.path().join("log")).unwrap_or_default();
    anyhow!("MariaDB ended: {text}")
}

async fn folder() -> Result<Folder> {
    let folder = Folder::create()?;
    TEMPLATE.get_or_try_init(async || template()).await?.copy_to(&folder)?;
    Ok(folder)
}

fn template() -> Result<Folder> {
    let folder = Folder::create()?;
    let mut install = Command::new(program("mariadb-install-db")?);
    install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
    install.args(["--skip-name-resolve", "--innodb-log-file-size=16M"]);
    install.args(as_root());
    install.arg(format!("--datadir={}", folder.path().join("data").display()));
    own_temporary_files(&mut install, folder.path());
    run(&mut install)?;
    Ok(folder)
}

fn spawn(folder: &Folder, port: &Port, options: &[String]) -> Result<Process> {
    let at = folder.path();
    let mut server = Command::new(program("mariadbd")?);
    // Without the system's own settings, and with as little to write as keeps what was committed.
    server.arg("--no-defaults").args(as_root());
    server.arg(format!("--datadir={}", at.join("data").display()));
    own_temporary_files(&mut server, at);
    server.arg(format!("--socket={}", at.join("socket").display()));
    server.arg(format!("--pid-file={}", at.join("pid").display()));
    server.arg(format!("--port={}", port.number()));
    server.args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--skip-log-bin"]);
    server.args(["--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M"]);
    server.args(["--innodb-flush-log-at-trx-commit=2", "--performance-schema=OFF"]);
    server.args(options);
    Process::start(&mut server, &at.join("log")).context("MariaDB can't be started")
}

/// A server that starts removes what others have left in the folder of temporary files, and what they
/// have there still.
pub(crate) fn own_temporary_files(server: &mut Command, folder: &Path) {
    server.env("TMPDIR", folder);
}

/// It runs as root only if it is told to.
fn as_root() -> Option<&'static str> {
    rustix::process::geteuid().is_root().then_some("--user=root")
}
