//! A Redis, and a MariaDB that may lag behind it.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use session_layer::backend::{Backend, Created, MySqlBackend, RedisBackend};
use session_layer::wrap::Failover;
use tempfile::NamedTempFile;
use test_servers::{MariaDb, Redis};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::stores::{BACKUP_ALONE, NORMAL, PRIMARY_ALONE, change, content, draft, key, mode_of};

struct Servers {
    redis: Redis,
    mariadb: MariaDb,
    primary: Arc<dyn Backend>,
    backup: Arc<dyn Backend>,
    failover: Failover,
}

const PATIENCE: Duration = Duration::from_secs(1);
/// More than may be on their way at the same time.
const SESSIONS: usize = 300;

impl Servers {
    async fn start(max_lag: Duration) -> Self {
        let mut statements = NamedTempFile::new().unwrap();
        writeln!(statements, "CREATE DATABASE IF NOT EXISTS sessions;").unwrap();
        let option = format!("--init-file={}", statements.path().display());
        let redis = Redis::start().await.unwrap();
        let mariadb = MariaDb::start_with(&[&option]).await.unwrap();
        let backup = MySqlBackend::builder(mariadb.url("sessions")).build().unwrap();
        backup.migrate().await.unwrap();
        let primary: Arc<dyn Backend> =
            Arc::new(RedisBackend::builder(redis.url()).build().unwrap());
        let backup: Arc<dyn Backend> = Arc::new(backup);
        let failover = Failover::builder_shared(Arc::clone(&primary), Arc::clone(&backup))
            .patience(PATIENCE)
            .probe_every(Duration::from_millis(20))
            .max_lag(max_lag);
        Self { redis, mariadb, primary, backup, failover: failover.build().unwrap() }
    }

    async fn create(&self, name: &str) {
        let created = self.failover.create(&key(name), &draft(name)).await.unwrap();
        assert_eq!(created, Created::Done { ended: Vec::new() });
    }

    async fn both_have(&self, name: &str, expected: &str) {
        for store in [&self.primary, &self.backup] {
            assert_eq!(content(&**store, name).await.as_deref(), Some(expected), "{store:?}");
        }
    }
}

#[tokio::test]
async fn a_redis_that_is_killed_takes_nothing_with_it_that_is_on_its_way() {
    let mut servers = Servers::start(PATIENCE).await;
    servers.create("a").await;
    servers.mariadb.freeze().await.unwrap();
    change(&servers.failover, "a", "changed").await;
    assert_eq!(servers.failover.mode(), Some(NORMAL));
    servers.redis.kill().await.unwrap();
    servers.mariadb.thaw().unwrap();
    assert_eq!(content(&servers.failover, "a").await.as_deref(), Some("changed"));
    mode_of(&servers.failover, BACKUP_ALONE).await;
    change(&servers.failover, "a", "away").await;
    servers.redis.restart().await.unwrap();
    mode_of(&servers.failover, NORMAL).await;
    assert_eq!(content(&servers.failover, "a").await.as_deref(), Some("away"));
    servers.both_have("a", "away").await;
}

#[tokio::test]
async fn a_mariadb_that_hangs_keeps_nobody_waiting_for_long_and_is_given_what_it_has_missed() {
    let servers = Servers::start(Duration::from_millis(100)).await;
    for n in 0..SESSIONS {
        servers.create(&n.to_string()).await;
    }
    servers.mariadb.freeze().await.unwrap();
    let (mut changes, began) = (JoinSet::new(), Instant::now());
    for n in 0..SESSIONS {
        let failover = servers.failover.clone();
        changes.spawn(async move { change(&failover, &n.to_string(), "changed").await });
    }
    changes.join_all().await;
    // It is waited for, and then for a probe; the rest is for a busy machine.
    assert!(began.elapsed() < 5 * PATIENCE, "{:?}", began.elapsed());
    mode_of(&servers.failover, PRIMARY_ALONE).await;
    servers.mariadb.thaw().unwrap();
    mode_of(&servers.failover, NORMAL).await;
    for n in 0..SESSIONS {
        servers.both_have(&n.to_string(), "changed").await;
    }
}

#[tokio::test]
async fn changes_get_to_a_mariadb_in_order_and_all_of_them_have_when_they_are_flushed() {
    let servers = Servers::start(PATIENCE).await;
    servers.create("a").await;
    for n in 0..100 {
        change(&servers.failover, "a", &n.to_string()).await;
    }
    servers.failover.flush().await.unwrap();
    servers.both_have("a", "99").await;
    for store in [&servers.primary, &servers.backup] {
        assert_eq!(change(&**store, "a", "later").await, 102);
    }
}
