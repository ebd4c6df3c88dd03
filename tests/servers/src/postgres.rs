//! PostgreSQL.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow};
use tokio::sync::OnceCell;

use crate::run::run;
use crate::unprivileged::{command, give};
use crate::{Folder, Port, Process, program, until};

/// Where Debian has a folder of programs for each major version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// What of the server's own files is the same for all, made once a process.
static TEMPLATE: OnceCell<Folder> = OnceCell::const_new();

/// A PostgreSQL server, with `postgres` as its user, who has no password.
#[derive(Debug)]
pub struct Postgres {
    process: Process,
    settings: Vec<String>,
    port: Port,
    folder: Folder,
}

impl Postgres {
    /// Starts an empty one.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub async fn start() -> Result<Self> {
        Self::start_with(&[]).await
    }

    /// Starts an empty one with more settings, such as `shared_buffers=1GB`.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub async fn start_with(settings: &[&str]) -> Result<Self> {
        let settings = settings.iter().copied().map(str::to_owned).collect();
        Self::start_in(folder().await?, settings).await
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
            // It refuses a key that others can read.
            fs::set_permissions(&path, Permissions::from_mode(0o600))?;
            give(&path)?;
            Ok::<_, anyhow::Error>(path.display().to_string())
        };
        let certificate = format!("ssl_cert_file={}", file("certificate.pem", certificate)?);
        let key = format!("ssl_key_file={}", file("key.pem", key)?);
        Self::start_in(folder, vec!["ssl=on".to_owned(), certificate, key]).await
    }

    async fn start_in(folder: Folder, settings: Vec<String>) -> Result<Self> {
        let port = Port::draw()?;
        let process = spawn(&folder, &port, &settings)?;
        let mut server = Self { process, settings, port, folder };
        server.up().await?;
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// The URL of one of its databases, as `postgres`; it begins with the database `postgres`.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}", self.address())
    }

    /// Its data, whose size is what the sessions take.
    pub fn data(&self) -> PathBuf {
        data(&self.folder)
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
        self.process = spawn(&self.folder, &self.port, &self.settings)?;
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

    /// It listens before it is ready, and says so.
    async fn up(&mut self) -> Result<()> {
        let Self { process, port, folder, .. } = self;
        let mut ask = Command::new(server_program("pg_isready")?);
        ask.args(["--quiet", "--host=127.0.0.1", "--timeout=5", "--port"]);
        ask.arg(port.number().to_string()).stdout(Stdio::null());
        until("PostgreSQL is ready", async || match process.ended() {
            Ok(None) => ask.status().is_ok_and(|status| status.success()).then_some(Ok(())),
            _ => Some(Err(log(folder))),
        })
        .await?
    }
}

fn log(folder: &Folder) -> anyhow::Error {
    let text = fs::read_to_string(folder.path().join("log")).unwrap_or_default();
    anyhow!("PostgreSQL ended: {text}")
}

fn data(folder: &Folder) -> PathBuf {
    folder.path().join("data")
}

async fn folder() -> Result<Folder> {
    let folder = Folder::create()?;
    TEMPLATE.get_or_try_init(async || template()).await?.copy_to(&folder)?;
    Ok(folder)
}

fn template() -> Result<Folder> {
    let folder = Folder::create()?;
    give(folder.path())?;
    let mut init = command(server_program("initdb")?)?;
    init.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]);
    init.args(["--no-sync", "--no-instructions", "--pgdata"]).arg(data(&folder));
    run(&mut init)?;
    Ok(folder)
}

fn spawn(folder: &Folder, port: &Port, settings: &[String]) -> Result<Process> {
    let mut server = command(server_program("postgres")?)?;
    server.arg("-D").arg(data(folder)).arg("-k").arg(folder.path());
    server.args(["-h", "127.0.0.1", "-p"]).arg(port.number().to_string());
    // A killed process loses nothing by it: the system has the data.
    let own = ["fsync=off", "full_page_writes=off", "shared_buffers=64MB"];
    for setting in own.into_iter().chain(settings.iter().map(String::as_str)) {
        server.args(["-c", setting]);
    }
    Process::start(&mut server, &folder.path().join("log")).context("PostgreSQL can't be started")
}

/// The newest that is installed; elsewhere than on Debian it is where all programs are.
fn server_program(name: &str) -> Result<PathBuf> {
    let versions = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let newest = versions
        .map(|version| version.path().join("bin").join(name))
        .filter(|file| file.is_file())
        .max_by_key(|file| version(file));
    newest.map_or_else(|| program(name), Ok)
}

fn version(file: &Path) -> Option<u32> {
    let names = file.iter().rev().filter_map(OsStr::to_str);
    names.filter_map(|name| name.parse().ok()).next()
}
