//! A Redis with replicas, behind sentinels.

use std::error::Error;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use session_layer::ConfigErrorKind;
use session_layer::backend::{Backend, BackendErrorKind, Loaded, RedisBackend, Replication};
use session_layer::conformance::Subject;
use test_servers::{PATIENCE, Watch, WatchedRedis, until};

use crate::fixture::{age, ask, draft, key, patient};
use crate::writer::Writer;

/// The deadline, and what a busy machine needs to notice.
const IN_TIME: Duration = Duration::from_secs(3);
/// What a program may take longer than the servers take to have another master: a second, and
/// what a busy machine needs.
const SOON: Duration = Duration::from_secs(2);

/// A watched Redis, and a backend on it.
struct Watched {
    redis: WatchedRedis,
    backend: RedisBackend,
}

impl Watched {
    async fn start() -> Self {
        let redis = WatchedRedis::start().await.unwrap();
        let backend = patient(&redis.url());
        Self { redis, backend }
    }

    /// Its sentinels soon replace the master, and the backend has the deadlines that it has by
    /// default, and tells of no write that only the master has.
    async fn alert() -> Self {
        let redis = WatchedRedis::start_alert().await.unwrap();
        let replication = Replication::synchronous(1, Duration::from_millis(200));
        let builder = RedisBackend::builder(redis.url());
        let builder = builder.replication(replication.of_all_writes().required());
        let backend = builder.build().unwrap();
        Self { redis, backend }
    }
}

#[async_trait]
impl Subject for Watched {
    fn backend(&self) -> &dyn Backend {
        &self.backend
    }

    async fn advance(&self, by: Duration) {
        age(&self.redis.servers[0].url(), by).await;
    }
}

mod promises {
    use super::Watched;

    session_layer::conformance_tests! { Watched::start() =>
        in_its_grace_the_old_key_leads_to_the_new_one
        an_ended_session_stays_ended
        an_expired_session_does_not_count
        concurrent_updates_are_all_kept
    }
}

#[tokio::test]
async fn when_the_master_dies_its_successor_is_used_and_nothing_is_lost() {
    let Watched { mut redis, backend } = Watched::alert().await;
    let writer = Writer::start(backend.clone()).await;
    redis.servers[0].kill().await.unwrap();
    redis.another_master(0).await.unwrap();
    let later = writer.goes_on_after(Instant::now()).await;
    assert!(later < SOON, "{later:?} after there was another master");
    writer.has_lost_nothing(&backend).await;
}

#[tokio::test]
async fn when_the_master_hangs_its_successor_is_used_and_nothing_is_lost() {
    let Watched { redis, backend } = Watched::alert().await;
    let writer = Writer::start(backend.clone()).await;
    redis.servers[0].freeze().await.unwrap();
    let successor = redis.another_master(0).await.unwrap();
    let later = writer.goes_on_after(Instant::now()).await;
    assert!(later < SOON, "{later:?} after there was another master");
    redis.servers[0].thaw().unwrap();
    let successor = patient(&redis.servers[successor].url());
    let before = version(&successor).await;
    writer.goes_on_after(Instant::now()).await;
    assert!(version(&successor).await > before, "changes go to the one that was thawed");
    writer.has_lost_nothing(&backend).await;
}

/// The version that the session `a` has.
async fn version(server: &RedisBackend) -> u64 {
    match server.load(&key("a")).await.unwrap() {
        Loaded::Found(found) => found.record.version,
        Loaded::Missing(missing) => panic!("{missing:?}"),
    }
}

#[tokio::test]
async fn a_failover_that_was_asked_for_is_followed() {
    let Watched { redis, backend } = Watched::alert().await;
    let writer = Writer::start(backend).await;
    let sentinel = format!("redis://{}", redis.sentinels[0].address());
    let () = ask(&sentinel, &[b"SENTINEL", b"FAILOVER", test_servers::MASTER.as_bytes()]).await;
    redis.another_master(0).await.unwrap();
    let later = writer.goes_on_after(Instant::now()).await;
    assert!(later < SOON, "{later:?} after there was another master");
}

#[tokio::test]
async fn who_is_named_and_is_no_master_is_not_used() {
    let Watched { redis, backend } = Watched::start().await;
    let replica = redis.servers[1].address().port().to_string();
    let () = ask(&redis.servers[0].url(), &[b"REPLICAOF", b"127.0.0.1", replica.as_bytes()]).await;
    let error = backend.connect().await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Unavailable, "{error:?}");
    assert!(error.source().unwrap().to_string().contains("is no master"), "{error:?}");
}

#[tokio::test]
async fn servers_and_sentinels_have_logins_of_their_own() {
    let watch =
        Watch { down_after: PATIENCE, password: Some("s3cret"), sentinel_password: Some("other") };
    let redis = WatchedRedis::start_with(watch).await.unwrap();
    let builder = |login| RedisBackend::builder(redis.url_as(login)).timeout(PATIENCE);
    let backend = builder(":s3cret@").sentinel_login("default", "other").build().unwrap();
    backend.create(&key("a"), &draft("in")).await.unwrap();
    for (login, word) in [("", "other"), (":other@", "other"), (":s3cret@", "s3cret")] {
        let backend = builder(login).sentinel_login("default", word).build().unwrap();
        let error = backend.connect().await.unwrap_err();
        assert_eq!(error.kind(), BackendErrorKind::Refused, "{error:?}");
        assert!(!format!("{error:?} {backend:?}").contains("s3cret"), "{error:?}");
    }
}

#[tokio::test]
async fn while_a_sentinel_answers_the_others_may_be_away() {
    let Watched { mut redis, .. } = Watched::start().await;
    redis.sentinels[0].kill().await.unwrap();
    redis.sentinels[1].freeze().await.unwrap();
    for _ in 0..3 {
        patient(&redis.url()).create(&key("a"), &draft("in")).await.unwrap();
    }
}

#[tokio::test]
async fn without_sentinels_nobody_knows_where_to_go() {
    let Watched { mut redis, .. } = Watched::start().await;
    for sentinel in &mut redis.sentinels {
        sentinel.kill().await.unwrap();
    }
    let backend = RedisBackend::builder(redis.url()).build().unwrap();
    let asked = Instant::now();
    for error in [backend.touch(&key("a")).await.unwrap_err(), backend.connect().await.unwrap_err()]
    {
        assert_eq!(error.kind(), BackendErrorKind::Unavailable, "{error:?}");
        assert!(error.source().unwrap().to_string().contains("by the sentinel"), "{error:?}");
    }
    assert!(asked.elapsed() < IN_TIME, "it took {:?}", asked.elapsed());
    redis.sentinels[2].restart().await.unwrap();
    until("it was found", async || backend.touch(&key("a")).await.ok()).await.unwrap();
}

#[tokio::test]
async fn sentinels_that_are_gone_do_not_matter_to_who_is_connected() {
    let Watched { mut redis, backend } = Watched::start().await;
    backend.create(&key("a"), &draft("in")).await.unwrap();
    for sentinel in &mut redis.sentinels {
        sentinel.kill().await.unwrap();
    }
    assert!(backend.touch(&key("a")).await.unwrap());
}

#[tokio::test]
async fn a_master_that_no_sentinel_knows_is_refused_by_name() {
    let Watched { redis, .. } = Watched::start().await;
    let backend = patient(&redis.url().replace("/shop", "/shoop"));
    let error = backend.touch(&key("a")).await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Refused, "{error:?}");
    let cause = error.source().unwrap().to_string();
    assert!(
        cause.contains("no master of this name is known") && cause.contains("shoop"),
        "{cause}"
    );
}

#[test]
fn a_login_for_sentinels_needs_sentinels() {
    let builder = RedisBackend::builder("redis://localhost").sentinel_login("default", "word");
    assert_eq!(builder.build().unwrap_err().kind(), ConfigErrorKind::UselessSetting);
}

#[test]
fn no_text_has_the_password_of_the_sentinels() {
    let builder = RedisBackend::builder("redis+sentinel://localhost/shop");
    let builder = builder.sentinel_login("default", "s3cret");
    let texts = format!("{builder:?} {:?}", builder.clone().build().unwrap());
    assert!(!texts.contains("s3cret"), "{texts}");
}
