//! Redis behind sentinels.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Result;

use crate::redis_talk::talk;
use crate::{Port, Redis, Sentinel, until};

/// What the sentinels call the master.
pub const MASTER: &str = "shop";

/// A Redis with two replicas, the first server being the master, and three sentinels.
#[derive(Debug)]
pub struct WatchedRedis {
    /// The servers.
    pub servers: Vec<Redis>,
    /// Those who watch them.
    pub sentinels: Vec<Sentinel>,
    /// What has to be said to the servers first.
    login: String,
}

/// How they are set up.
#[derive(Clone, Copy, Debug)]
pub struct Watch<'a> {
    /// How long a server may be silent before it is replaced.
    pub down_after: Duration,
    /// What servers ask for, if anything.
    pub password: Option<&'a str>,
    /// What sentinels ask for, if anything.
    pub sentinel_password: Option<&'a str>,
}

impl WatchedRedis {
    /// Starts them, with sentinels that take nothing for a failure.
    ///
    /// # Errors
    /// One is not installed, or does not come up.
    pub async fn start() -> Result<Self> {
        let down_after = Duration::from_secs(600);
        Self::start_with(Watch { down_after, password: None, sentinel_password: None }).await
    }

    /// Starts them, with sentinels that soon replace a master that is silent.
    ///
    /// # Errors
    /// One is not installed, or does not come up.
    pub async fn start_alert() -> Result<Self> {
        let down_after = Duration::from_millis(500);
        let watch = Watch { down_after, password: None, sentinel_password: None };
        let watched = Self::start_with(watch).await?;
        watched.is_watched().await?;
        Ok(watched)
    }

    /// Starts them.
    ///
    /// # Errors
    /// One is not installed, or does not come up.
    pub async fn start_with(watch: Watch<'_>) -> Result<Self> {
        let servers = servers(watch.password).await?;
        let sentinels = sentinels(&servers, watch).await?;
        let login = watch.password.map_or(String::new(), |word| format!("AUTH {word}"));
        let watched = Self { servers, sentinels, login };
        watched.replicates().await?;
        Ok(watched)
    }

    /// Where the sentinels listen, as a URL.
    pub fn url(&self) -> String {
        self.url_as("")
    }

    /// The same with a login to the servers, such as `user:password@`.
    pub fn url_as(&self, login: &str) -> String {
        let places: Vec<_> =
            self.sentinels.iter().map(|sentinel| sentinel.address().to_string()).collect();
        format!("redis+sentinel://{login}{}/{MASTER}", places.join(","))
    }

    /// The number of a master other than this one, when a sentinel names it.
    ///
    /// # Errors
    /// There is none in time.
    pub async fn another_master(&self, former: usize) -> Result<usize> {
        let question = format!("SENTINEL get-master-addr-by-name {MASTER}");
        until("a sentinel names another master", async || {
            for sentinel in &self.sentinels {
                let told = talk(sentinel.address(), &[&question]).await.unwrap_or_default();
                let is_named =
                    |server: &Redis| told.contains(&format!("\r\n{}\r\n", server.address().port()));
                let named = self.servers.iter().position(is_named);
                if named.is_some_and(|named| named != former) {
                    return named;
                }
            }
            None
        })
        .await
    }

    /// All replicas follow the master.
    async fn replicates(&self) -> Result<()> {
        for replica in self.servers.iter().skip(1) {
            until("the replicas follow", async || {
                let commands = [self.login.as_str(), "INFO replication"];
                let told = talk(replica.address(), &commands).await.ok()?;
                told.contains("master_link_status:up").then_some(())
            })
            .await?;
        }
        Ok(())
    }

    /// All sentinels know the replicas and each other.
    async fn is_watched(&self) -> Result<()> {
        for sentinel in &self.sentinels {
            until("the sentinels know each other", async || {
                let told = talk(sentinel.address(), &["INFO sentinel"]).await.ok()?;
                told.contains("status=ok,").then_some(())?;
                told.contains("slaves=2,sentinels=3").then_some(())
            })
            .await?;
        }
        Ok(())
    }
}

async fn servers(password: Option<&str>) -> Result<Vec<Redis>> {
    let mut options = vec!["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"];
    if let Some(password) = password {
        options.extend(["--requirepass", password, "--masterauth", password]);
    }
    let master = Redis::start_with(&options).await?;
    let port = master.address().port().to_string();
    options.extend(["--replicaof", "127.0.0.1", &port]);
    Ok(vec![master, Redis::start_with(&options).await?, Redis::start_with(&options).await?])
}

async fn sentinels(servers: &[Redis], watch: Watch<'_>) -> Result<Vec<Sentinel>> {
    let ports = [Port::draw()?, Port::draw()?, Port::draw()?];
    let numbers: Vec<_> = ports.iter().map(Port::number).collect();
    let mut sentinels = Vec::new();
    for port in ports {
        let lines = configuration(servers, &numbers, port.number(), watch)?;
        sentinels.push(Sentinel::start(port, &lines).await?);
    }
    Ok(sentinels)
}

/// With what they would learn from each other within seconds.
fn configuration(
    servers: &[Redis],
    sentinels: &[u16],
    own: u16,
    watch: Watch<'_>,
) -> Result<String> {
    let (mut lines, down_after) = (String::new(), watch.down_after.as_millis());
    writeln!(lines, "sentinel myid {own:040x}")?;
    if let Some(password) = watch.sentinel_password {
        writeln!(lines, "requirepass {password}\nsentinel sentinel-pass {password}")?;
    }
    for (number, server) in servers.iter().enumerate() {
        let port = server.address().port();
        match number {
            0 => writeln!(lines, "sentinel monitor {MASTER} 127.0.0.1 {port} 2")?,
            _ => writeln!(lines, "sentinel known-replica {MASTER} 127.0.0.1 {port}")?,
        }
    }
    writeln!(lines, "sentinel down-after-milliseconds {MASTER} {down_after}")?;
    writeln!(lines, "sentinel failover-timeout {MASTER} 3000")?;
    if let Some(password) = watch.password {
        writeln!(lines, "sentinel auth-pass {MASTER} {password}")?;
    }
    for other in sentinels.iter().filter(|number| **number != own) {
        writeln!(lines, "sentinel known-sentinel {MASTER} 127.0.0.1 {other} {other:040x}")?;
    }
    Ok(lines)
}
