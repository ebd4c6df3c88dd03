//! A Redis that hangs, dies and comes back.

use std::time::{Duration, Instant};

use session_layer::backend::{Backend, BackendErrorKind, Loaded, Missing, RedisBackend};
use test_servers::{Port, Redis, until};
use tokio::time::timeout;

use crate::fixture::{Fixture, draft, key, patient};

/// The deadline, and what a busy machine needs to notice.
const IN_TIME: Duration = Duration::from_secs(3);

/// A session `a` in a Redis, and a backend whose deadlines are those that it has by default.
async fn impatient() -> Fixture {
    let Fixture { server, backend } = Fixture::start().await;
    backend.create(&key("a"), &draft("first")).await.unwrap();
    let backend = RedisBackend::builder(server.url()).build().unwrap();
    let redis = Fixture { server, backend };
    redis.works_again().await;
    redis
}

impl Fixture {
    async fn works_again(&self) {
        let again = async || self.backend.touch(&key("a")).await.ok();
        until("Redis was asked again", again).await.unwrap();
    }
}

/// The kind of fault of a load, which comes in time.
async fn fault(backend: &RedisBackend) -> BackendErrorKind {
    let asked = Instant::now();
    let error = backend.load(&key("a")).await.unwrap_err();
    assert!(asked.elapsed() < IN_TIME, "it took {:?}", asked.elapsed());
    error.kind()
}

#[tokio::test]
async fn a_redis_that_hangs_is_a_timeout_and_is_used_again_when_it_goes_on() {
    let redis = impatient().await;
    redis.server.freeze().await.unwrap();
    for _ in 0..3 {
        assert_eq!(fault(&redis.backend).await, BackendErrorKind::Timeout);
    }
    redis.server.thaw().unwrap();
    redis.works_again().await;
}

#[tokio::test]
async fn all_who_ask_a_redis_that_hangs_are_told_in_time() {
    let redis = impatient().await;
    redis.server.freeze().await.unwrap();
    let asked: Vec<_> = (0..100)
        .map(|_| {
            let backend = redis.backend.clone();
            tokio::spawn(async move { fault(&backend).await })
        })
        .collect();
    for asked in asked {
        assert_eq!(asked.await.unwrap(), BackendErrorKind::Timeout);
    }
}

#[tokio::test]
async fn what_timed_out_was_sent_once() {
    let redis = impatient().await;
    let before = redis.counts().await;
    redis.server.freeze().await.unwrap();
    let error = redis.backend.touch(&key("a")).await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Timeout);
    redis.server.thaw().unwrap();
    let again = async || redis.backend.load(&key("a")).await.ok();
    until("Redis was asked again", again).await.unwrap();
    assert_eq!(redis.sent_since(before).await.get("evalsha"), Some(&1));
}

#[tokio::test]
async fn a_redis_that_died_is_unavailable_and_is_used_again_when_it_is_back() {
    let mut redis = impatient().await;
    for _ in 0..2 {
        redis.server.kill().await.unwrap();
        assert_eq!(fault(&redis.backend).await, BackendErrorKind::Unavailable);
        redis.server.restart().await.unwrap();
        redis.works_again().await;
        let loaded = redis.backend.load(&key("a")).await.unwrap();
        assert_eq!(loaded, Loaded::Missing(Missing::Absent), "it has lost what it had");
    }
}

#[tokio::test]
async fn a_redis_that_restarts_while_nobody_asks_is_not_noticed() {
    let mut redis = Fixture::start().await;
    redis.created(key("a"), &draft("first")).await;
    redis.server.kill().await.unwrap();
    redis.server.restart().await.unwrap();
    redis.created(key("a"), &draft("again")).await;
}

#[tokio::test]
async fn a_verb_waits_for_a_redis_that_is_about_to_be_back() {
    let mut redis = Fixture::start().await;
    redis.created(key("a"), &draft("first")).await;
    redis.server.kill().await.unwrap();
    // Either it fails as the connection breaks, or that is known and it waits.
    let _ = timeout(Duration::from_millis(50), redis.backend.load(&key("a"))).await;
    let backend = redis.backend.clone();
    let waiting = tokio::spawn(async move { backend.load(&key("a")).await });
    redis.server.restart().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), Loaded::Missing(Missing::Absent));
}

#[tokio::test]
async fn a_program_may_start_before_its_redis() {
    let mut server = Redis::start().await.unwrap();
    server.kill().await.unwrap();
    let backend = RedisBackend::builder(server.url()).build().unwrap();
    let error = backend.connect().await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Unavailable);
    server.restart().await.unwrap();
    Fixture { server, backend }.works_again().await;
}

#[tokio::test]
async fn a_closed_connection_is_replaced() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &draft("first")).await;
    let _: i64 = redis.ask(&[b"CLIENT", b"KILL", b"TYPE", b"normal", b"SKIPME", b"yes"]).await;
    // Whoever was on it may be told; whoever comes then is not.
    let _ = redis.backend.load(&key("a")).await;
    redis.found(key("a")).await;
}

/// The number that Redis has given to the backend's connection.
async fn connection(redis: &Fixture) -> String {
    let clients: String = redis.ask(&[b"CLIENT", b"LIST", b"TYPE", b"normal"]).await;
    let ours = clients.lines().find(|client| !client.contains("cmd=client|list")).unwrap();
    ours.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn a_redis_that_became_a_replica_is_left_for_another_connection() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &draft("first")).await;
    let before = connection(&redis).await;
    let () = redis.ask(&[b"REPLICAOF", b"127.0.0.1", b"1"]).await;
    let error = redis.backend.touch(&key("a")).await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Unavailable, "{error:?}");
    let () = redis.ask(&[b"REPLICAOF", b"NO", b"ONE"]).await;
    let again = async || redis.backend.touch(&key("a")).await.ok();
    assert!(until("Redis took a write again", again).await.unwrap());
    assert_ne!(connection(&redis).await, before);
}

#[tokio::test]
async fn a_redis_that_accepts_and_says_nothing_is_a_timeout() {
    let port = Port::draw().unwrap();
    let _silent = std::net::TcpListener::bind(port.address()).unwrap();
    let backend = RedisBackend::builder(format!("redis://{}", port.address()));
    let backend = backend.connect_timeout(Duration::from_millis(200)).build().unwrap();
    assert_eq!(fault(&backend).await, BackendErrorKind::Timeout);
    assert_eq!(backend.connect().await.unwrap_err().kind(), BackendErrorKind::Timeout);
}

#[tokio::test]
async fn a_backend_that_is_gone_leaves_no_connection() {
    let redis = Fixture::start().await;
    redis.backend.connect().await.unwrap();
    let Fixture { server, backend } = redis;
    drop(backend);
    let redis = Fixture { backend: patient(&server.url()), server };
    let alone = async || {
        let clients: String = redis.ask(&[b"CLIENT", b"LIST", b"TYPE", b"normal"]).await;
        (clients.lines().count() == 1).then_some(())
    };
    until("no connection was left", alone).await.unwrap();
}
