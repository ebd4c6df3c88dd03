//! Slots that nobody has, and clusters that are away or none.

use std::error::Error;
use std::time::{Duration, Instant};

use session_layer::backend::{
    Backend, BackendError, BackendErrorKind, Created, Loaded, Missing, RedisBackend,
};
use test_servers::{Redis, RedisCluster, until};

use super::shared::slot;
use crate::fixture::{ask, draft, key, name};

/// The deadline, and what a busy machine needs to notice.
const IN_TIME: Duration = Duration::from_secs(3);

fn has(error: &BackendError, why: &str) -> bool {
    error.source().is_some_and(|source| source.to_string().contains(why))
}

/// A cluster of which nobody has the slot of the session `a`, and a backend that knows it whole.
async fn with_a_hole(cover_all: &str) -> (RedisCluster, RedisBackend) {
    let cluster = RedisCluster::start().await.unwrap();
    let backend = RedisBackend::builder(cluster.url()).build().unwrap();
    until("it is used", async || backend.load(&key("a")).await.ok()).await.unwrap();
    let slot = slot(&cluster, &name(key("a"))).await.to_string();
    for node in &cluster.nodes {
        let set = [b"CONFIG", b"SET".as_slice(), b"cluster-require-full-coverage"];
        let () = ask(&node.url(), &[&set[..], &[cover_all.as_bytes()]].concat()).await;
        let () = ask(&node.url(), &[b"CLUSTER", b"DELSLOTS", slot.as_bytes()]).await;
    }
    (cluster, backend)
}

#[tokio::test]
async fn a_session_in_a_hole_is_unavailable_and_others_are_not() {
    let (_cluster, backend) = with_a_hole("no").await;
    let asked = Instant::now();
    let error = backend.load(&key("a")).await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Unavailable, "{error:?}");
    assert!(asked.elapsed() < IN_TIME, "it took {:?}", asked.elapsed());
    let created = async || backend.create(&key("b"), &draft("in")).await.ok();
    let created = until("others are served", created).await.unwrap();
    assert!(matches!(created, Created::Done { .. } | Created::Taken), "{created:?}");
}

#[tokio::test]
async fn a_cluster_that_serves_nobody_because_of_a_hole_is_unavailable_until_it_is_whole() {
    let (cluster, backend) = with_a_hole("yes").await;
    for node in &cluster.nodes {
        until("the cluster fails", async || {
            let told = node.command("CLUSTER INFO").await.ok()?;
            told.contains("cluster_state:fail").then_some(())
        })
        .await
        .unwrap();
    }
    for name in ["a", "b", "c"] {
        let asked = Instant::now();
        let error = backend.load(&key(name)).await.unwrap_err();
        assert_eq!(error.kind(), BackendErrorKind::Unavailable, "{error:?}");
        assert!(asked.elapsed() < IN_TIME, "it took {:?}", asked.elapsed());
    }
    let slot = slot(&cluster, &name(key("a"))).await;
    let owner = &cluster.nodes[cluster.owner(slot)];
    let () = ask(&owner.url(), &[b"CLUSTER", b"ADDSLOTS", slot.to_string().as_bytes()]).await;
    let loaded = until("it serves", async || backend.load(&key("a")).await.ok()).await.unwrap();
    assert_eq!(loaded, Loaded::Missing(Missing::Absent));
}

#[tokio::test]
async fn a_redis_that_is_in_no_cluster_is_refused() {
    let server = Redis::start().await.unwrap();
    let url = server.url().replace("redis://", "redis+cluster://");
    let backend = RedisBackend::builder(url).build().unwrap();
    let error = backend.connect().await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Refused, "{error:?}");
    assert!(has(&error, "cluster support disabled"), "{error:?}");
}

#[tokio::test]
async fn a_cluster_that_is_away_is_unavailable() {
    let mut server = Redis::start().await.unwrap();
    server.kill().await.unwrap();
    let url = server.url().replace("redis://", "redis+cluster://");
    let backend = RedisBackend::builder(url).build().unwrap();
    let asked = Instant::now();
    for error in [backend.touch(&key("a")).await.unwrap_err(), backend.connect().await.unwrap_err()]
    {
        assert_eq!(error.kind(), BackendErrorKind::Unavailable, "{error:?}");
    }
    assert!(asked.elapsed() < IN_TIME, "it took {:?}", asked.elapsed());
}
