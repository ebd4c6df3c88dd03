//! MariaDB Galera.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};

use crate::mariadb::own_temporary_files;
use crate::run::run;
use crate::unprivileged::{command, give};
use crate::{Folder, Port, Process, program, until};

/// Where Debian has what makes a cluster of servers.
const PROVIDER: &str = "/usr/lib/galera/libgalera_smm.so";

/// Three servers that have the same data, each with `root` as its user, who has no password.
#[derive(Debug)]
pub struct Galera {
    nodes: Vec<Node>,
    silence: String,
}

#[derive(Debug)]
struct Node {
    process: Process,
    ports: Ports,
    folder: Folder,
}

/// Where a node is asked, talks to the others, and is given data.
#[derive(Debug)]
struct Ports {
    client: Port,
    group: Port,
    increments: Port,
    state: Port,
}

impl Galera {
    /// How long those that are alert wait for one that is silent.
    pub const SILENCE: Duration = Duration::from_secs(3);

    /// Starts three that take nothing but an end for a failure, however busy the machine is.
    ///
    /// # Errors
    /// One is not installed, or does not come up.
    pub async fn start() -> Result<Self> {
        Self::start_with(silence(Duration::from_secs(30))).await
    }

    /// Starts three of which two go on without the third when it has been silent for
    /// [`SILENCE`](Self::SILENCE).
    ///
    /// # Errors
    /// One is not installed, or does not come up.
    pub async fn start_alert() -> Result<Self> {
        Self::start_with(silence(Self::SILENCE)).await
    }

    async fn start_with(silence: String) -> Result<Self> {
        ensure!(Path::new(PROVIDER).exists(), "{PROVIDER} is missing: install galera-4");
        program("rsync")?;
        let mut galera = Self { nodes: Vec::new(), silence };
        for _ in 0..3 {
            let (folder, ports) = (folder()?, Ports::draw()?);
            let process = spawn(&folder, &ports, &galera.group(), &galera.silence)?;
            galera.nodes.push(Node { process, ports, folder });
            galera.is_synced(galera.nodes.len() - 1).await?;
        }
        Ok(galera)
    }

    /// The URL of a database on one node, as `root`; of none, for an empty name.
    pub fn url(&self, node: usize, database: &str) -> String {
        self.url_of(self.nodes.get(node..=node).unwrap_or_default(), database)
    }

    /// The URL that names all of them.
    pub fn url_of_all(&self, database: &str) -> String {
        self.url_of(&self.nodes, database)
    }

    fn url_of(&self, nodes: &[Node], database: &str) -> String {
        let places = nodes.iter().map(|node| node.ports.client.address().to_string());
        format!("mysql://root@{}/{database}", places.collect::<Vec<_>>().join(","))
    }

    /// Runs a statement on the first node.
    ///
    /// # Errors
    /// It is refused.
    pub fn run(&self, sql: &str) -> Result<()> {
        let first = self.nodes.first().context("there are three nodes")?;
        let mut client = ask(&first.ports)?;
        let output = client.arg(format!("--execute={sql}")).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// Ends a node on the spot, as a power cut does.
    ///
    /// # Errors
    /// It is gone already.
    pub async fn kill(&mut self, node: usize) -> Result<()> {
        self.node(node)?.process.kill().await
    }

    /// Starts a node again after it was killed, which is given what it has missed.
    ///
    /// # Errors
    /// It does not come up.
    pub async fn restart(&mut self, node: usize) -> Result<()> {
        let (group, silence) = (self.group(), self.silence.clone());
        let gone = self.node(node)?;
        gone.process = spawn(&gone.folder, &gone.ports, &group, &silence)?;
        self.is_synced(node).await
    }

    /// Stops a node where it is: it keeps its connections, and answers nobody.
    ///
    /// # Errors
    /// It is gone already.
    pub async fn freeze(&mut self, node: usize) -> Result<()> {
        self.node(node)?.process.freeze().await
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// It is gone already.
    pub fn thaw(&mut self, node: usize) -> Result<()> {
        self.node(node)?.process.thaw()
    }

    fn node(&mut self, node: usize) -> Result<&mut Node> {
        self.nodes.get_mut(node).context("there are three nodes")
    }

    /// Where a node finds the others; nowhere for the first.
    fn group(&self) -> String {
        let places = self.nodes.iter().map(|node| node.ports.group.address().to_string());
        format!("gcomm://{}", places.collect::<Vec<_>>().join(","))
    }

    /// It has what the others have, and serves.
    async fn is_synced(&mut self, node: usize) -> Result<()> {
        let Node { process, ports, folder } = self.node(node)?;
        let mut ask = ask(ports)?;
        ask.arg("--execute=SHOW STATUS LIKE 'wsrep_local_state_comment'");
        until("a node of Galera is in step", async || match process.ended() {
            Ok(None) => {
                let answer = ask.output().ok()?;
                String::from_utf8_lossy(&answer.stdout).contains("Synced").then_some(Ok(()))
            }
            _ => Some(Err(log(folder))),
        })
        .await?
    }
}

/// A client of a node, as `root`.
fn ask(ports: &Ports) -> Result<Command> {
    let mut client = Command::new(program("mariadb")?);
    client.args(["--no-defaults", "--user=root", "--host=127.0.0.1", "--skip-column-names"]);
    client.arg(format!("--port={}", ports.client.number())).arg("--connect-timeout=2");
    Ok(client)
}

impl Ports {
    fn draw() -> Result<Self> {
        let (client, group) = (Port::draw()?, Port::draw()?);
        Ok(Self { client, group, increments: Port::draw()?, state: Port::draw()? })
    }
}

fn log(folder: &Folder) -> anyhow::Error {
    let text = fs::read_to_string(folder.path().join("log")).unwrap_or_default();
    anyhow!("a node of Galera ended: {text}")
}

fn folder() -> Result<Folder> {
    let folder = Folder::create()?;
    give(folder.path())?;
    let mut install = command(program("mariadb-install-db")?)?;
    install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
    install.args(["--skip-name-resolve", "--innodb-log-file-size=16M"]);
    install.arg(format!("--datadir={}", folder.path().join("data").display()));
    own_temporary_files(&mut install, folder.path());
    run(&mut install)?;
    Ok(folder)
}

fn spawn(folder: &Folder, ports: &Ports, group: &str, silence: &str) -> Result<Process> {
    let at = folder.path();
    let Ports { client, group: own, increments, state } = ports;
    let mut server = command(program("mariadbd")?)?;
    server.arg("--no-defaults");
    server.arg(format!("--datadir={}", at.join("data").display()));
    own_temporary_files(&mut server, at);
    server.arg(format!("--socket={}", at.join("socket").display()));
    server.arg(format!("--pid-file={}", at.join("pid").display()));
    server.arg(format!("--port={}", client.number()));
    server.args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--binlog-format=ROW"]);
    server.args(["--innodb-autoinc-lock-mode=2", "--innodb-flush-log-at-trx-commit=2"]);
    server.args(["--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M"]);
    server.args(["--performance-schema=OFF", "--wsrep-on=ON", "--wsrep-cluster-name=sessions"]);
    server.arg(format!("--wsrep-provider={PROVIDER}"));
    server.arg(format!("--wsrep-cluster-address={group}"));
    server.arg("--wsrep-node-address=127.0.0.1");
    server.arg(format!("--wsrep-node-incoming-address={}", client.address()));
    server.arg("--wsrep-sst-method=rsync");
    server.arg(format!("--wsrep-sst-receive-address={}", state.address()));
    server.arg(format!("--wsrep-provider-options={}", options(own, increments, silence)));
    Process::start(&mut server, &at.join("log")).context("MariaDB can't be started")
}

/// How long a node may be silent before the others go on without it. If the two that are left lose
/// one another before they have agreed on that, they wait for the third for ever.
fn silence(most: Duration) -> String {
    let seconds = most.as_secs();
    format!(
        "evs.suspect_timeout=PT{seconds}S;evs.inactive_timeout=PT{}S;\
         evs.inactive_check_period=PT0.2S;evs.install_timeout=PT10S",
        seconds + 30
    )
}

fn options(own: &Port, increments: &Port, silence: &str) -> String {
    let (own, increments) = (own.number(), increments.number());
    format!(
        "base_host=127.0.0.1;base_port={own};gmcast.listen_addr=tcp://127.0.0.1:{own};\
         ist.recv_addr=127.0.0.1:{increments};ist.recv_bind=127.0.0.1:{increments};\
         gcache.size=16M;{silence}"
    )
}
