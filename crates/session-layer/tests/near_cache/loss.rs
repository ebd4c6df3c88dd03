//! Messages that are lost, and connections.

use std::time::{Duration, Instant};

use session_layer::backend::{Backend, RedisBackend};
use session_layer::wrap::NearCache;
use session_layer::wrap::near_cache::Coherence;
use test_servers::{Redis, until};

use crate::proxy::Proxy;
use crate::redis_fixture::{Two, has, is_told, patient};
use crate::{MAX_AGE, draft, found, key, loaded};

#[tokio::test]
async fn when_the_connection_for_messages_is_lost_all_is_forgotten() {
    let mut two = Two::start().await;
    two.server.kill().await.unwrap();
    let forgot =
        async || (two.one.coherence() == Coherence::Lost && two.one.bytes() == 0).then_some(());
    until("all was forgotten", forgot).await.unwrap();
}

#[tokio::test]
async fn a_lost_connection_for_messages_is_made_anew() {
    let two = Two::start().await;
    let clients: String = two.ask("CLIENT LIST").await;
    let told = clients.lines().filter(|client| client.contains(" flags=tB "));
    let ids: Vec<_> = told.map(|client| client.split(['=', ' ']).nth(1).unwrap()).collect();
    assert_eq!(ids.len(), 2, "{clients}");
    for id in ids {
        let _: i64 = two.ask(&format!("CLIENT KILL ID {id}")).await;
    }
    let gone = async || {
        let clients: String = two.ask("CLIENT LIST").await;
        (clients.matches(" flags=tB ").count() == 2).then_some(())
    };
    until("both were told again", gone).await.unwrap();
    is_told(&two.one).await;
    is_told(&two.other).await;
    two.one.delete(&key("a")).await.unwrap();
    let ended = async || loaded(&two.other, "a").await.is_none().then_some(());
    until("the end was seen", ended).await.unwrap();
}

#[tokio::test]
async fn a_restarted_redis_is_asked_for_everything() {
    let mut two = Two::start().await;
    two.server.kill().await.unwrap();
    two.server.restart().await.unwrap();
    let gone = async || {
        let loaded = two.one.load(&key("a")).await.ok()?;
        matches!(loaded, session_layer::backend::Loaded::Missing(_)).then_some(())
    };
    until("what is lost was missed", gone).await.unwrap();
    has(&two.one, Coherence::Told).await;
}

#[tokio::test]
async fn while_redis_hangs_nothing_is_read_beyond_its_age() {
    let server = Redis::start().await.unwrap();
    let redis = RedisBackend::builder(server.url()).timeout(Duration::from_millis(300));
    let cache = NearCache::redis(redis.build().unwrap()).max_age(Duration::from_secs(2));
    let cache = cache.build().unwrap();
    patient(&server.url()).create(&key("a"), &draft("a")).await.unwrap();
    is_told(&cache).await;
    server.freeze().await.unwrap();
    let frozen = Instant::now();
    let fault = async || cache.load(&key("a")).await.err();
    until("it was not read from memory", fault).await.unwrap();
    assert!(frozen.elapsed() < Duration::from_secs(10), "{:?}", frozen.elapsed());
    has(&cache, Coherence::Lost).await;
    server.thaw().unwrap();
    is_told(&cache).await;
}

/// A cache that Redis tells of changes over a proxy, with a session `a` in memory.
async fn behind_a_proxy(
    max_age: Duration,
    timeout: Duration,
) -> (Redis, Proxy, crate::redis_fixture::Instance) {
    let server = Redis::start().await.unwrap();
    patient(&server.url()).create(&key("a"), &draft("a")).await.unwrap();
    let proxy = Proxy::to(server.url().replace("redis://", "")).await;
    let redis = RedisBackend::builder(proxy.url()).timeout(timeout).build().unwrap();
    let cache = NearCache::redis(redis).max_age(max_age).build().unwrap();
    is_told(&cache).await;
    (server, proxy, cache)
}

#[tokio::test]
async fn a_logout_whose_message_is_lost_is_seen_when_what_is_in_memory_is_too_old() {
    let seconds = Duration::from_secs;
    let (server, proxy, cache) = behind_a_proxy(seconds(2), seconds(60)).await;
    proxy.mute();
    found(&cache, "a").await;
    patient(&server.url()).delete(&key("a")).await.unwrap();
    let ended = async || loaded(&cache, "a").await.is_none().then_some(());
    until("the end was seen", ended).await.unwrap();
    assert_eq!(cache.coherence(), Coherence::Told, "it does not know that messages are lost");
}

#[tokio::test]
async fn a_connection_over_which_nothing_comes_is_found_out() {
    let (_server, proxy, cache) =
        behind_a_proxy(Duration::from_secs(2), Duration::from_secs(1)).await;
    proxy.mute();
    has(&cache, Coherence::Lost).await;
}

#[tokio::test]
async fn who_has_not_the_right_to_messages_reads_from_the_store() {
    let app = "--user app on >secret ~session:* +@read +@write +@scripting +ping +time +select";
    let server = Redis::start_with(&app.split(' ').collect::<Vec<_>>()).await.unwrap();
    let redis = patient(&server.url_as("app:secret@"));
    let cache = NearCache::redis(redis).build().unwrap();
    cache.create(&key("a"), &draft("a")).await.unwrap();
    for _ in 0..3 {
        found(&cache, "a").await;
        assert_eq!((cache.coherence(), cache.bytes()), (Coherence::Lost, 0));
    }
}

#[tokio::test]
async fn a_login_with_the_right_to_messages_is_told_in_whichever_database() {
    let app = "--user app on >s3cret/@ ~session:* +@read +@write +@scripting +ping +time +select \
               +hello +client|tracking --requirepass other";
    let server = Redis::start_with(&app.split_whitespace().collect::<Vec<_>>()).await.unwrap();
    for (login, database) in [("app:s3cret%2F%40@", "1"), (":other@", "0")] {
        let redis = patient(&format!("{}/{database}", server.url_as(login)));
        let cache = NearCache::redis(redis).max_age(MAX_AGE).build().unwrap();
        cache.create(&key("a"), &draft("a")).await.unwrap();
        is_told(&cache).await;
    }
}

#[tokio::test]
async fn a_cache_that_is_gone_leaves_no_connection() {
    let Two { server, one, other } = Two::start().await;
    drop((one, other));
    let two = Two { server, one: lonely(), other: lonely() };
    let alone = async || {
        let clients: String = two.ask("CLIENT LIST").await;
        (clients.lines().count() == 1).then_some(())
    };
    until("no connection was left", alone).await.unwrap();
}

/// Connects to nothing as long as nobody asks.
fn lonely() -> crate::redis_fixture::Instance {
    NearCache::redis(patient("redis://127.0.0.1:1")).build().unwrap()
}
