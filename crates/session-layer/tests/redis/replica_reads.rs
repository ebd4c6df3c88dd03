//! Copies that replicas have.

use std::time::Duration;

use session_layer::ConfigErrorKind;
use session_layer::backend::{
    Backend, Found, Loaded, RedisBackend, RedisBuilder, Replication, SessionKey,
};
use test_servers::{Redis, RedisCluster, WatchedRedis, until};

use crate::cluster::{renewal, slot};
use crate::fixture::{ask, count_calls, draft, key, name};

const MAX_LAG: Duration = Duration::from_secs(1);

/// One that reads replicas, and waits until they have what is written.
fn builder(url: &str, replicas: u32) -> RedisBuilder {
    let replication = Replication::synchronous(replicas, Duration::from_secs(1)).of_all_writes();
    let builder = RedisBackend::builder(url).timeout(Duration::from_secs(5));
    builder.replication(replication).replica_reads(MAX_LAG)
}

/// A watched Redis whose two replicas have the session `a`, and are read.
async fn watched(redis: WatchedRedis) -> (WatchedRedis, RedisBackend) {
    let backend = builder(&redis.url(), 2).build().unwrap();
    until("the session was there", async || backend.create(&key("a"), &draft("in")).await.ok())
        .await
        .unwrap();
    for replica in redis.servers.iter().skip(1) {
        is_read(&backend, replica).await;
    }
    (redis, backend)
}

/// Who can do with a copy is given the one of this server.
async fn is_read(backend: &RedisBackend, server: &Redis) {
    until("a server is read", async || {
        let before = gets(&[server]).await;
        backend.load_stale(&key("a")).await.ok()?;
        (gets(&[server]).await > before).then_some(())
    })
    .await
    .unwrap();
}

/// How often servers were asked for a session.
async fn gets(servers: &[&Redis]) -> u64 {
    let mut gets = 0;
    for server in servers {
        gets += count_calls(&server.url()).await.get("get").copied().unwrap_or_default();
    }
    gets
}

/// The session that whoever can do with a copy is given.
async fn found(backend: &RedisBackend, key: SessionKey) -> Found {
    match backend.load_stale(&key).await.unwrap() {
        Loaded::Found(found) => found,
        Loaded::Missing(missing) => panic!("{missing:?}"),
    }
}

#[tokio::test]
async fn replicas_are_read_by_who_can_do_with_a_copy_and_by_nobody_else() {
    let (redis, backend) = watched(WatchedRedis::start().await.unwrap()).await;
    let plain = RedisBackend::builder(redis.url()).timeout(MAX_LAG * 5).build().unwrap();
    let replicas = [&redis.servers[1], &redis.servers[2]];
    let before = (gets(&replicas).await, gets(&[&redis.servers[0]]).await);
    for _ in 0..10 {
        backend.load(&key("a")).await.unwrap();
        backend.load_fresh(&key("a")).await.unwrap();
        found(&plain, key("a")).await;
    }
    let after = (gets(&replicas).await, gets(&[&redis.servers[0]]).await);
    assert_eq!(after, (before.0, before.1 + 30));
}

#[tokio::test]
async fn a_session_that_a_replica_does_not_have_is_found_and_a_replica_that_is_cut_off_is_not_read()
{
    let (redis, backend) = watched(WatchedRedis::start().await.unwrap()).await;
    let replicas = [&redis.servers[1], &redis.servers[2]];
    for replica in replicas {
        let () = ask(&replica.url(), &[b"REPLICAOF", b"127.0.0.1", b"1"]).await;
    }
    backend.create(&key("b"), &draft("in")).await.unwrap();
    found(&backend, key("b")).await;
    until("no replica is read", async || {
        let before = gets(&replicas).await;
        found(&backend, key("a")).await;
        (gets(&replicas).await == before).then_some(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_replica_that_hangs_or_dies_costs_nobody_an_error() {
    let (mut redis, backend) = watched(WatchedRedis::start().await.unwrap()).await;
    redis.servers[1].freeze().await.unwrap();
    for _ in 0..20 {
        found(&backend, key("a")).await;
    }
    is_read(&backend, &redis.servers[2]).await;
    redis.servers[2].kill().await.unwrap();
    for _ in 0..20 {
        found(&backend, key("a")).await;
    }
    redis.servers[2].restart().await.unwrap();
    is_read(&backend, &redis.servers[2]).await;
}

#[tokio::test]
async fn after_a_failover_the_replica_of_the_new_master_is_read() {
    let (mut redis, backend) = watched(WatchedRedis::start_alert().await.unwrap()).await;
    redis.servers[0].kill().await.unwrap();
    let master = redis.another_master(0).await.unwrap();
    until("the new master is read", async || backend.load(&key("a")).await.ok()).await.unwrap();
    is_read(&backend, &redis.servers[3 - master]).await;
    let before = gets(&[&redis.servers[3 - master]]).await;
    backend.load(&key("a")).await.unwrap();
    assert_eq!(gets(&[&redis.servers[3 - master]]).await, before);
}

#[tokio::test]
async fn a_key_that_was_renewed_leads_to_the_session() {
    let (_redis, backend) = watched(WatchedRedis::start().await.unwrap()).await;
    backend.rotate(&key("a"), &renewal(1, key("b"))).await.unwrap();
    until("the old copies are gone", async || {
        (found(&backend, key("a")).await.key == key("b")).then_some(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn who_may_not_ask_how_old_replicas_are_reads_the_master() {
    let redis = WatchedRedis::start().await.unwrap();
    let backend = builder(&redis.url(), 2).build().unwrap();
    backend.create(&key("a"), &draft("in")).await.unwrap();
    let () = ask(&redis.servers[0].url(), &[b"ACL", b"SETUSER", b"default", b"-info"]).await;
    for _ in 0..20 {
        found(&backend, key("a")).await;
    }
}

#[tokio::test]
async fn in_a_cluster_the_replica_of_the_master_that_has_the_session_is_read() {
    let mut cluster = RedisCluster::start_with_replicas().await.unwrap();
    let owner = cluster.owner(slot(&cluster, &name(key("a"))).await);
    let backend = builder(&cluster.url(), 1).build().unwrap();
    backend.create(&key("a"), &draft("in")).await.unwrap();
    is_read(&backend, &cluster.nodes[owner + 3]).await;
    let before = gets(&[&cluster.nodes[owner + 3]]).await;
    backend.load(&key("a")).await.unwrap();
    assert_eq!(gets(&[&cluster.nodes[owner + 3]]).await, before);

    cluster.nodes[owner].kill().await.unwrap();
    cluster.has_taken_over(owner + 3).await.unwrap();
    cluster.nodes[owner].restart().await.unwrap();
    cluster.follows(owner).await.unwrap();
    is_read(&backend, &cluster.nodes[owner]).await;
    assert_eq!(found(&backend, key("a")).await.key, key("a"));
}

#[test]
fn replicas_are_read_where_somebody_knows_them_and_within_bounds() {
    let kind = |url: &str, max_lag| {
        let builder = RedisBackend::builder(url).replica_reads(max_lag);
        builder.build().map(drop).map_err(|error| error.kind())
    };
    assert_eq!(kind("redis://localhost", MAX_LAG), Err(ConfigErrorKind::UselessSetting));
    for url in ["redis+sentinel://localhost/shop", "redis+cluster://localhost"] {
        assert_eq!(kind(url, MAX_LAG), Ok(()));
        for max_lag in [Duration::from_millis(99), Duration::from_secs(61)] {
            assert_eq!(kind(url, max_lag), Err(ConfigErrorKind::InvalidBound));
        }
    }
}
