//! Nodes that are killed or hang.

use std::time::{Duration, Instant};

use session_layer::backend::{Backend, Created, Loaded, RedisBackend, Replication, UserId};
use test_servers::{RedisCluster, until};

use super::shared::{renewal, slot};
use crate::fixture::{key, login, name};
use crate::writer::Writer;

/// What a program may take longer than the servers take to have another master: a second, and
/// what a busy machine needs.
const SOON: Duration = Duration::from_secs(2);

/// A cluster whose masters have a replica each, a backend that waits for the replica while there is
/// one, and which master has the session `a`.
async fn replicated() -> (RedisCluster, RedisBackend, usize) {
    let cluster = RedisCluster::start_with_replicas().await.unwrap();
    let replication = Replication::synchronous(1, Duration::from_secs(1)).of_all_writes();
    let builder = RedisBackend::builder(cluster.url()).timeout(Duration::from_secs(5));
    let backend = builder.replication(replication).build().unwrap();
    let owner = cluster.owner(slot(&cluster, &name(key("a"))).await);
    (cluster, backend, owner)
}

/// The replica of a master takes over, and is soon asked by a backend that waits for nothing.
async fn goes_over(cluster: &RedisCluster, backend: &RedisBackend, owner: usize) {
    cluster.has_taken_over(owner + 3).await.unwrap();
    let since = Instant::now();
    until("it is asked", async || backend.touch(&key("a")).await.ok()).await.unwrap();
    assert!(since.elapsed() < SOON, "{:?} after it has taken over", since.elapsed());
}

/// One that waits for nothing, and is connected.
async fn plain(cluster: &RedisCluster) -> RedisBackend {
    let backend = RedisBackend::builder(cluster.url()).build().unwrap();
    until("it was asked", async || backend.touch(&key("a")).await.ok()).await.unwrap();
    backend
}

/// Ten users who are logged in, have had their ids renewed, and of whom each second has logged out.
async fn come_and_go(backend: &RedisBackend) {
    for n in 0..10 {
        let (user, old, new) = person(n);
        let created = backend.create(&key(&old), &login(&user)).await.unwrap();
        assert_eq!(created, Created::Done { ended: Vec::new() });
        backend.rotate(&key(&old), &renewal(1, key(&new))).await.unwrap();
        if n % 2 == 0 {
            assert!(backend.delete(&key(&new)).await.unwrap().is_some());
        }
    }
}

async fn are_as_they_were(backend: &RedisBackend) {
    for n in 0..10 {
        let (user, old, new) = person(n);
        let listed = backend.of_user(&UserId::new(user).unwrap()).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|found| found.key).collect();
        let expected = if n % 2 == 0 { vec![] } else { vec![key(&new)] };
        assert_eq!(listed, expected, "user {n}");
        for key in [key(&old), key(&new)] {
            let loaded = backend.load(&key).await.unwrap();
            assert_eq!(matches!(loaded, Loaded::Found(_)), n % 2 == 1, "user {n}: {loaded:?}");
        }
    }
}

fn person(n: u32) -> (String, String, String) {
    (format!("user {n}"), format!("old {n}"), format!("new {n}"))
}

#[tokio::test]
async fn when_a_master_dies_its_replica_is_used_and_nothing_is_lost() {
    let (mut cluster, backend, owner) = replicated().await;
    let (writer, plain) = (Writer::start(backend.clone()).await, plain(&cluster).await);
    come_and_go(&backend).await;
    cluster.nodes[owner].kill().await.unwrap();
    goes_over(&cluster, &plain, owner).await;
    writer.goes_on_after(Instant::now()).await;
    writer.has_lost_nothing(&backend).await;
    are_as_they_were(&plain).await;
}

#[tokio::test]
async fn when_a_master_hangs_its_replica_is_used_and_nothing_is_lost() {
    let (cluster, backend, owner) = replicated().await;
    let (writer, plain) = (Writer::start(backend.clone()).await, plain(&cluster).await);
    cluster.nodes[owner].freeze().await.unwrap();
    goes_over(&cluster, &plain, owner).await;
    writer.goes_on_after(Instant::now()).await;
    cluster.nodes[owner].thaw().unwrap();
    writer.goes_on_after(Instant::now()).await;
    writer.has_lost_nothing(&backend).await;
}

#[tokio::test]
async fn a_master_that_is_away_fails_no_session_of_another() {
    let (mut cluster, _, owner) = replicated().await;
    let plain = plain(&cluster).await;
    let writer = Writer::start(plain.clone()).await;
    let failed = writer.failed();
    cluster.nodes[(owner + 1) % 3].kill().await.unwrap();
    cluster.has_taken_over((owner + 1) % 3 + 3).await.unwrap();
    writer.goes_on_after(Instant::now()).await;
    assert_eq!(writer.failed(), failed);
}

#[tokio::test]
async fn without_its_replicas_a_cluster_is_used_as_before_and_the_level_is_told() {
    let (mut cluster, backend, _) = replicated().await;
    come_and_go(&backend).await;
    assert_eq!(backend.replication().reached, Some(1));
    for replica in 3..6 {
        cluster.nodes[replica].kill().await.unwrap();
    }
    are_as_they_were(&backend).await;
    backend.create(&key("later"), &login("later")).await.unwrap();
    backend.rotate(&key("later"), &renewal(1, key("latest"))).await.unwrap();
    assert_eq!(backend.replication().reached, Some(0));
}
