//! Writes that wait for replicas.

use std::time::Duration;

use futures_util::future::join_all;
use session_layer::ConfigErrorKind;
use session_layer::backend::{
    Backend, BackendErrorKind, Change, Created, HealthStatus, Loaded, RedisBackend, Replication,
    Rotation, RotationKind, TOMBSTONE_LIFE, Updated,
};
use test_servers::{PATIENCE, WatchedRedis};

use crate::fixture::{Fixture, draft, key, login, patient, payload};

/// How long a write waits for replicas that are away.
const SHORT: Duration = Duration::from_millis(50);

fn backend(redis: &WatchedRedis, replication: Replication) -> RedisBackend {
    let builder =
        RedisBackend::builder(redis.servers.first().unwrap().url()).replication(replication);
    builder.timeout(PATIENCE).build().unwrap()
}

async fn freeze_replicas(redis: &WatchedRedis) {
    for replica in redis.servers.iter().skip(1) {
        replica.freeze().await.unwrap();
    }
}

#[tokio::test]
async fn what_must_not_be_undone_is_on_the_replicas_when_it_is_answered() {
    let redis = WatchedRedis::start().await.unwrap();
    let backend = backend(&redis, Replication::synchronous(2, PATIENCE / 2));
    let on_all = async |name: &str| {
        for server in &redis.servers {
            let loaded = patient(&server.url()).load(&key(name)).await.unwrap();
            assert!(matches!(loaded, Loaded::Found(_)), "{loaded:?}");
        }
    };
    backend.create(&key("a"), &login("alice")).await.unwrap();
    on_all("a").await;
    let grace = Duration::from_secs(60);
    let kind = RotationKind::Renew {
        payload: payload("new"),
        lifetime: None,
        grace,
        kept: TOMBSTONE_LIFE,
    };
    backend.rotate(&key("a"), &Rotation { version: 1, to: key("b"), kind }).await.unwrap();
    on_all("b").await;
    backend.delete(&key("b")).await.unwrap();
    for server in &redis.servers {
        let loaded = patient(&server.url()).load(&key("b")).await.unwrap();
        assert!(matches!(loaded, Loaded::Missing(_)), "{loaded:?}");
    }
    let status = backend.replication();
    assert_eq!((status.asked, status.reached, status.short), (2, Some(2), 0));
}

#[tokio::test]
async fn too_few_replicas_are_told_and_no_error() {
    let redis = WatchedRedis::start().await.unwrap();
    let backend = backend(&redis, Replication::synchronous(1, SHORT));
    freeze_replicas(&redis).await;
    let created = backend.create(&key("a"), &login("alice")).await.unwrap();
    assert_eq!(created, Created::Done { ended: Vec::new() });
    let status = backend.replication();
    assert_eq!((status.asked, status.reached, status.short), (1, Some(0), 1));
    let health = backend.health().await;
    let [store] = health.stores.as_slice() else { panic!("one store: {health:?}") };
    let level = store.replication.unwrap();
    assert_eq!((health.status, store.store), (HealthStatus::Degraded, "redis"));
    assert_eq!((level.asked, level.reached), (1, Some(0)));
}

#[tokio::test]
async fn too_few_replicas_are_an_error_where_they_are_required() {
    let redis = WatchedRedis::start().await.unwrap();
    let backend = backend(&redis, Replication::synchronous(1, SHORT).required());
    freeze_replicas(&redis).await;
    backend.create(&key("a"), &draft("a guest")).await.unwrap();
    let error = backend.delete(&key("a")).await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Unreplicated, "{error:?}");
    let loaded = backend.load(&key("a")).await.unwrap();
    assert!(matches!(loaded, Loaded::Missing(_)), "it has happened: {loaded:?}");
}

#[tokio::test]
async fn changes_wait_only_if_all_writes_do() {
    let redis = WatchedRedis::start().await.unwrap();
    let some = Replication::synchronous(1, SHORT).required();
    let (some, all) = (backend(&redis, some), backend(&redis, some.of_all_writes()));
    freeze_replicas(&redis).await;
    some.create(&key("a"), &draft("a guest")).await.unwrap();
    let change = Change { version: 1, payload: payload("second"), lifetime: None };
    assert_eq!(some.update(&key("a"), &change).await.unwrap(), Updated::Done(2));
    assert!(some.touch(&key("a")).await.unwrap());
    assert_eq!(some.replication().reached, None);
    let error = all.touch(&key("a")).await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Unreplicated, "{error:?}");
}

#[tokio::test]
async fn those_who_wait_for_replicas_do_so_together_and_hold_up_nobody_else() {
    let redis = WatchedRedis::start().await.unwrap();
    let wait = Duration::from_secs(2);
    let backend = backend(&redis, Replication::synchronous(1, wait));
    backend.create(&key("a"), &login("alice")).await.unwrap();
    freeze_replicas(&redis).await;
    let names: Vec<_> = (0..100).map(|n| key(&n.to_string())).collect();
    let ends = join_all(names.iter().map(|name| backend.delete(name)));
    let began = std::time::Instant::now();
    let loads = async {
        for _ in 0..10 {
            backend.load(&key("a")).await.unwrap();
        }
        began.elapsed()
    };
    let (ends, loads) = tokio::join!(ends, loads);
    assert!(ends.iter().all(|end| matches!(end, Ok(None))), "{ends:?}");
    assert!(began.elapsed() < 4 * wait, "{:?}: one after the other", began.elapsed());
    assert!(loads < wait, "{loads:?}: behind those who wait");
}

#[tokio::test]
async fn a_write_and_its_wait_are_one_trip() {
    let redis = Fixture::start().await;
    let replication = Replication::synchronous(1, Duration::from_millis(1));
    let builder = RedisBackend::builder(redis.server.url()).replication(replication);
    let backend = builder.timeout(PATIENCE).build().unwrap();
    backend.delete(&key("a")).await.unwrap();
    let before = redis.counts().await;
    backend.delete(&key("a")).await.unwrap();
    let sent = redis.sent_since(before).await;
    assert_eq!((sent.get("evalsha"), sent.get("wait")), (Some(&1), Some(&1)), "{sent:?}");
}

#[test]
fn a_wait_that_is_none_or_too_long_is_refused() {
    let millis = Duration::from_millis;
    let wrong = [(0, millis(100)), (1, millis(0)), (1, millis(251)), (1, Duration::MAX)];
    for (replicas, time) in wrong {
        let builder = RedisBackend::builder("redis://localhost");
        let builder = builder.replication(Replication::synchronous(replicas, time));
        assert_eq!(builder.build().unwrap_err().kind(), ConfigErrorKind::InvalidBound);
    }
}
