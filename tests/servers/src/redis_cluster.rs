//! A cluster of Redis.

use anyhow::{Context, Result};

use crate::redis_talk::talk;
use crate::{Folder, Port, Redis, until};

/// How many slots a cluster has.
const SLOTS: usize = 16_384;

/// How long a node may be silent before it is replaced, in ms.
const SILENT: &str = "1000";

/// The same where no other one can take its place, on a busy machine.
const SILENT_ALONE: &str = "10000";

/// A Redis cluster of three masters, each with as many replicas as was asked for.
#[derive(Debug)]
pub struct RedisCluster {
    /// The masters, in the order of their slots, and then the replicas.
    pub nodes: Vec<Redis>,
    /// What the nodes talk to each other through.
    buses: Vec<Port>,
    secured: Vec<Port>,
    /// With the nodes' certificates, which they may read again.
    certificates: Option<Folder>,
}

impl RedisCluster {
    /// How many masters it has.
    pub const MASTERS: usize = 3;

    /// Starts one that has masters only.
    ///
    /// # Errors
    /// A node is not installed, or does not come up.
    pub async fn start() -> Result<Self> {
        Self::start_with(0, &[]).await
    }

    /// Starts one where each master has a replica, which soon takes its place.
    ///
    /// # Errors
    /// A node is not installed, or does not come up.
    pub async fn start_with_replicas() -> Result<Self> {
        Self::start_with(1, &[]).await
    }

    /// Starts one that has masters only, and takes TLS on other ports than those of its nodes: with
    /// a certificate, its key and the authority that vouches for it. All in PEM.
    ///
    /// # Errors
    /// A node is not installed, or does not come up.
    pub async fn start_with_tls(certificate: &str, key: &str, authority: &str) -> Result<Self> {
        let folder = Folder::create()?;
        let file = |name: &str, text: &str| -> Result<String> {
            let path = folder.path().join(name);
            std::fs::write(&path, text)?;
            Ok(path.display().to_string())
        };
        let files = [
            ["--tls-cert-file", &file("certificate.pem", certificate)?],
            ["--tls-key-file", &file("key.pem", key)?],
            ["--tls-ca-cert-file", &file("authority.pem", authority)?],
        ];
        let more = ["--tls-auth-clients", "no", "--tls-cluster", "yes"];
        let mut cluster = Self::start_with(0, &[&files.concat()[..], &more].concat()).await?;
        cluster.certificates = Some(folder);
        Ok(cluster)
    }

    async fn start_with(replicas: usize, options: &[&str]) -> Result<Self> {
        let (mut nodes, mut buses, mut secured) = (Vec::new(), Vec::new(), Vec::new());
        let is_secured = !options.is_empty();
        let silent = if replicas == 0 { SILENT_ALONE } else { SILENT };
        let options = &[&["--cluster-node-timeout", silent], options].concat();
        for _ in 0..Self::MASTERS * (1 + replicas) {
            let (bus, tls) = (Port::draw()?, Port::draw()?);
            let number = tls.number().to_string();
            let port = ["--tls-port", &number];
            let tls_port: &[&str] = if is_secured { &port } else { &[] };
            nodes.push(node(&bus, &[tls_port, options].concat()).await?);
            buses.push(bus);
            secured.push(tls);
        }
        let cluster = Self { nodes, buses, secured, certificates: None };
        cluster.found().await?;
        Ok(cluster)
    }

    /// Where the masters take TLS, as a URL.
    pub fn tls_url(&self) -> String {
        let masters = self.secured.iter().take(Self::MASTERS);
        let places: Vec<_> = masters.map(|port| port.address().to_string()).collect();
        format!("rediss+cluster://{}", places.join(","))
    }

    /// Where the masters listen, as a URL.
    pub fn url(&self) -> String {
        let masters = self.nodes.iter().take(Self::MASTERS);
        let places: Vec<_> = masters.map(|node| node.address().to_string()).collect();
        format!("redis+cluster://{}", places.join(","))
    }

    /// The number of the master that has a slot at first.
    pub fn owner(&self, slot: u16) -> usize {
        (0..Self::MASTERS)
            .rev()
            .find(|master| usize::from(slot) >= first_slot(*master))
            .unwrap_or(0)
    }

    /// A replica has become a master.
    ///
    /// # Errors
    /// It does not become one in time.
    pub async fn has_taken_over(&self, node: usize) -> Result<()> {
        let place = self.nodes.get(node).context("no such node")?.address();
        until("a replica has taken over", async || {
            let told = talk(place, &["ROLE"]).await.ok()?;
            told.contains("\nmaster\r").then_some(())
        })
        .await
    }

    /// A node is the replica of another one, and has what that has.
    ///
    /// # Errors
    /// It does not become one in time.
    pub async fn follows(&self, node: usize) -> Result<()> {
        let place = self.nodes.get(node).context("no such node")?.address();
        until("a node is a replica", async || {
            let told = talk(place, &["INFO replication"]).await.ok()?;
            told.contains("master_link_status:up").then_some(())
        })
        .await
    }

    /// Gives them slots, and makes them known to each other.
    async fn found(&self) -> Result<()> {
        // Who knows another one already can not be given an epoch.
        for (number, node) in self.nodes.iter().enumerate() {
            say(node, &format!("CLUSTER SET-CONFIG-EPOCH {}", number + 1)).await?;
        }
        for (number, node) in self.nodes.iter().enumerate().take(Self::MASTERS) {
            let (first, end) = (first_slot(number), first_slot(number + 1));
            say(node, &format!("CLUSTER ADDSLOTSRANGE {first} {}", end - 1)).await?;
        }
        for node in &self.nodes {
            for (other, port) in self.nodes.iter().zip(&self.buses) {
                let place = other.address().port();
                say(node, &format!("CLUSTER MEET 127.0.0.1 {place} {}", port.number())).await?;
            }
        }
        self.know_each_other().await?;
        for (number, replica) in self.nodes.iter().enumerate().skip(Self::MASTERS) {
            let master = self.nodes.get(number % Self::MASTERS).context("no master")?;
            let id = say(master, "CLUSTER MYID").await?;
            let id = id.lines().nth(1).context("a node has no id")?.to_owned();
            say(replica, &format!("CLUSTER REPLICATE {id}")).await?;
        }
        self.serves().await
    }

    async fn know_each_other(&self) -> Result<()> {
        let all = format!("cluster_known_nodes:{}\r", self.nodes.len());
        for node in &self.nodes {
            until("the nodes know each other", async || {
                let told = talk(node.address(), &["CLUSTER INFO"]).await.ok()?;
                told.contains(&all).then_some(())
            })
            .await?;
        }
        Ok(())
    }

    async fn serves(&self) -> Result<()> {
        for (number, node) in self.nodes.iter().enumerate() {
            until("the cluster serves", async || {
                let told =
                    talk(node.address(), &["CLUSTER INFO", "INFO replication"]).await.ok()?;
                let follows = number < Self::MASTERS || told.contains("master_link_status:up");
                (follows && told.contains("cluster_state:ok")).then_some(())
            })
            .await?;
        }
        Ok(())
    }
}

fn first_slot(master: usize) -> usize {
    (master * SLOTS).div_ceil(RedisCluster::MASTERS)
}

/// A command that has to succeed, if not at once: nodes that have just met know little. One that is
/// slow to answer may be asked to do again what it has done.
async fn say(node: &Redis, command: &str) -> Result<String> {
    until(command, async || {
        let told = talk(node.address(), &[command]).await.ok()?;
        (!told.starts_with('-') || told.contains("already")).then_some(told)
    })
    .await
}

async fn node(bus: &Port, options: &[&str]) -> Result<Redis> {
    let bus = bus.number().to_string();
    let cluster = [
        "--cluster-enabled",
        "yes",
        "--cluster-config-file",
        "nodes.conf",
        "--cluster-port",
        &bus,
        "--cluster-announce-ip",
        "127.0.0.1",
        "--cluster-require-full-coverage",
        "no",
        "--repl-diskless-sync-delay",
        "0",
    ];
    Redis::start_with(&[&cluster[..], options].concat()).await
}
