use std::cell::Cell;
use std::ffi::OsString;
use std::future::pending;
use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::NamedTempFile;
use test_servers::{Galera, MariaDb, Redis, RedisCluster, WatchedRedis};
use tokio::time::{Instant, sleep};

use super::crowd::Crowd;
use super::outcome::{Outcome, Required};
use super::pace::Pace;
use crate::{Shipped, Stack};

/// The deadline of a call of a store, by default.
const DEADLINE: Duration = Duration::from_millis(500);
/// That of a call of a store in SQL; a request has two of them.
const SQL_DEADLINE: Duration = Duration::from_secs(2);
/// The longest that a request takes: one that finds a store hanging waits for that, and for the
/// probe that tells whether it is gone; and the machine is busy.
const BOUNDED: Duration = Duration::from_millis(3_000);
/// What is left to us beyond the engine's own failover.
const ONE_SECOND: Duration = Duration::from_secs(1);

/// Three instances behind HAProxy, and users.
struct Scene {
    stack: Stack<()>,
    crowd: Crowd,
    pace: Pace,
}

impl Scene {
    async fn start(pace: Pace, options: &[(&str, String)]) -> Result<Self> {
        let options: Vec<OsString> = options
            .iter()
            .flat_map(|(name, value)| [OsString::from(name), OsString::from(value)])
            .collect();
        let stack = Stack::of_empty_shops(Shipped::HaProxy, &options).await?;
        let crowd = Crowd::log_in(stack.balancer.front().address(), pace).await?;
        crowd.more(pace.requests).await?;
        Ok(Self { stack, crowd, pace })
    }

    /// Some load, whatever comes of it.
    async fn goes_on(&self) -> Result<()> {
        self.crowd.more(self.pace.requests).await
    }

    /// How long after then all was well again, and some load.
    async fn recovers(&self, since: Instant) -> Result<Duration> {
        let recovery = self.crowd.recovery(since).await?;
        self.goes_on().await?;
        Ok(recovery)
    }

    async fn finish(
        self,
        store: &'static str,
        recovery: Duration,
        required: Required,
    ) -> Result<Outcome> {
        Ok(Outcome::new(store, self.crowd.finish().await?, recovery, required))
    }
}

/// Requests may fail for so long.
fn outage(recovery: Duration) -> Required {
    Required { failures: None, slowest: BOUNDED, recovery }
}

/// Those that were in hand may fail.
fn none_but_in_hand(pace: Pace) -> Required {
    let in_hand = u64::try_from(pace.shoppers).unwrap_or(u64::MAX);
    Required { failures: Some(in_hand), slowest: BOUNDED, recovery: ONE_SECOND }
}

pub(super) async fn instance_killed(pace: Pace) -> Result<Outcome> {
    let redis = Redis::start().await?;
    let mut scene = Scene::start(pace, &[("--store", redis.url())]).await?;
    let since = Instant::now();
    scene.stack.instance("api-1")?.kill();
    scene.goes_on().await?;
    scene.stack.instance("api-1")?.start_again()?;
    scene.stack.instance("api-1")?.is_ready().await?;
    let recovery = scene.recovers(since).await?;
    scene.finish("Redis", recovery, none_but_in_hand(pace)).await
}

const WATCHED: &str = "Redis, two replicas, three sentinels, `WAIT 1`";

async fn watched(pace: Pace) -> Result<(WatchedRedis, Scene)> {
    let redis = WatchedRedis::start_alert().await?;
    let options = [("--store", redis.url()), ("--redis-replicas", "1".to_owned())];
    let scene = Scene::start(pace, &options).await?;
    Ok((redis, scene))
}

pub(super) async fn master_killed(pace: Pace) -> Result<Outcome> {
    let (mut redis, scene) = watched(pace).await?;
    let since = Instant::now();
    redis.servers.first_mut().context("no master")?.kill().await?;
    let (failover, recovery) = replaced(&redis, &scene, since).await?;
    scene.finish(WATCHED, recovery, outage(failover + ONE_SECOND)).await
}

/// How long after then the last master was named, and how long after then all was well.
async fn replaced(
    redis: &WatchedRedis,
    scene: &Scene,
    since: Instant,
) -> Result<(Duration, Duration)> {
    let named = Cell::new(Duration::ZERO);
    // Sentinels do change their minds.
    let watch = async {
        let mut master = 0;
        while let Ok(another) = redis.another_master(master).await {
            master = another;
            named.set(since.elapsed());
        }
        pending().await
    };
    tokio::select! {
        recovery = scene.recovers(since) => Ok((named.get(), recovery?)),
        never = watch => never,
    }
}

pub(super) async fn master_hangs(pace: Pace) -> Result<Outcome> {
    let (redis, scene) = watched(pace).await?;
    let master = redis.servers.first().context("no master")?;
    let since = Instant::now();
    master.freeze().await?;
    let (failover, recovery) = replaced(&redis, &scene, since).await?;
    master.thaw()?;
    scene.goes_on().await?;
    scene.finish(WATCHED, recovery, outage(failover + ONE_SECOND)).await
}

pub(super) async fn master_cut_off(pace: Pace) -> Result<Outcome> {
    let (redis, scene) = watched(pace).await?;
    let replicas = redis.servers.get(1..).context("no replicas")?;
    for replica in replicas {
        replica.freeze().await?;
    }
    scene.goes_on().await?;
    let since = Instant::now();
    for replica in replicas {
        replica.thaw()?;
    }
    let recovery = scene.recovers(since).await?;
    scene.finish(WATCHED, recovery, outage(ONE_SECOND)).await
}

/// With the master gone its replica has none itself, so that no change is acknowledged until the
/// killed one is back as one.
pub(super) async fn cluster_master_killed(pace: Pace) -> Result<Outcome> {
    let mut cluster = RedisCluster::start_with_replicas().await?;
    let options = [("--store", cluster.url()), ("--redis-replicas", "1".to_owned())];
    let scene = Scene::start(pace, &options).await?;
    let since = Instant::now();
    cluster.nodes.first_mut().context("no master")?.kill().await?;
    cluster.has_taken_over(RedisCluster::MASTERS).await?;
    cluster.nodes.first_mut().context("no master")?.restart().await?;
    let failover = async {
        cluster.follows(0).await?;
        Ok(since.elapsed())
    };
    let (failover, recovery) = tokio::try_join!(failover, scene.recovers(since))?;
    scene
        .finish("Redis Cluster, six nodes, `WAIT 1`", recovery, outage(failover + ONE_SECOND))
        .await
}

const BOTH: &str = "Redis, with MariaDB as its backup";

async fn with_backup(pace: Pace) -> Result<(Redis, MariaDb, Scene)> {
    let redis = Redis::start().await?;
    let mut statements = NamedTempFile::new()?;
    writeln!(statements, "CREATE DATABASE IF NOT EXISTS shop;")?;
    let (_, statements) = statements.keep()?;
    let option = format!("--init-file={}", statements.display());
    let mariadb = MariaDb::start_with(&[&option]).await?;
    let options = [("--store", redis.url()), ("--backup-store", mariadb.url("shop"))];
    let scene = Scene::start(pace, &options).await?;
    Ok((redis, mariadb, scene))
}

pub(super) async fn restarted_empty(pace: Pace) -> Result<Outcome> {
    let (mut redis, _mariadb, scene) = with_backup(pace).await?;
    let since = Instant::now();
    redis.kill().await?;
    scene.goes_on().await?;
    redis.restart().await?;
    let recovery = scene.recovers(since).await?;
    scene.finish(BOTH, recovery, outage(3 * DEADLINE + ONE_SECOND)).await
}

pub(super) async fn primary_hangs(pace: Pace) -> Result<Outcome> {
    let (redis, _mariadb, scene) = with_backup(pace).await?;
    let since = Instant::now();
    redis.freeze().await?;
    scene.goes_on().await?;
    redis.thaw()?;
    let recovery = scene.recovers(since).await?;
    scene.finish(BOTH, recovery, outage(3 * DEADLINE + ONE_SECOND)).await
}

pub(super) async fn backup_killed(pace: Pace) -> Result<Outcome> {
    let (_redis, mut mariadb, scene) = with_backup(pace).await?;
    let since = Instant::now();
    mariadb.kill().await?;
    scene.goes_on().await?;
    mariadb.restart().await?;
    let recovery = scene.recovers(since).await?;
    scene.finish(BOTH, recovery, outage(3 * DEADLINE + ONE_SECOND)).await
}

pub(super) async fn both_killed(pace: Pace) -> Result<Outcome> {
    let (mut redis, mut mariadb, scene) = with_backup(pace).await?;
    redis.kill().await?;
    mariadb.kill().await?;
    scene.goes_on().await?;
    mariadb.restart().await?;
    redis.restart().await?;
    let recovery = scene.recovers(Instant::now()).await?;
    scene.finish(BOTH, recovery, outage(5 * ONE_SECOND)).await
}

pub(super) async fn node_killed(pace: Pace) -> Result<Outcome> {
    let mut galera = Galera::start_alert().await?;
    galera.run("CREATE DATABASE shop")?;
    let scene = Scene::start(pace, &[("--store", galera.url_of_all("shop"))]).await?;
    let since = Instant::now();
    galera.kill(0).await?;
    let recovery = scene.recovers(since).await?;
    galera.restart(0).await?;
    scene.goes_on().await?;
    let required =
        Required { slowest: 2 * SQL_DEADLINE + ONE_SECOND, ..outage(2 * Galera::SILENCE) };
    scene.finish("MariaDB Galera, three nodes", recovery, required).await
}

pub(super) async fn full(pace: Pace) -> Result<Outcome> {
    let redis = Redis::start().await?;
    let scene = Scene::start(pace, &[("--store", redis.url())]).await?;
    redis.command("CONFIG SET maxmemory 1").await?;
    scene.goes_on().await?;
    redis.command("CONFIG SET maxmemory 0").await?;
    let recovery = scene.recovers(Instant::now()).await?;
    scene.finish("Redis", recovery, outage(ONE_SECOND)).await
}

pub(super) async fn slow(pace: Pace) -> Result<Outcome> {
    let redis = Redis::start().await?;
    let scene = Scene::start(pace, &[("--store", redis.url())]).await?;
    let since = Instant::now();
    for _ in 0..ROUNDS {
        redis.command("CLIENT PAUSE 200 ALL").await?;
        sleep(Duration::from_millis(220)).await;
    }
    let recovery = scene.recovers(since).await?;
    let slowest = 2 * DEADLINE + ONE_SECOND;
    scene
        .finish("Redis", recovery, Required { failures: Some(0), slowest, ..outage(slowest) })
        .await
}

pub(super) async fn forgotten(pace: Pace) -> Result<Outcome> {
    let mut redis = Redis::start().await?;
    let scene = Scene::start(pace, &[("--store", redis.url())]).await?;
    let since = Instant::now();
    redis.kill().await?;
    redis.restart().await?;
    let recovery = scene.crowd.recovery(since).await?;
    scene.finish("Redis", recovery, outage(3 * ONE_SECOND)).await
}

/// How often it is slow.
const ROUNDS: usize = 10;
