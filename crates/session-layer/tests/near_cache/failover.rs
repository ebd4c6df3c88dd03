//! A cache over the Redis that sentinels name.

use std::time::Duration;

use session_layer::backend::Backend;
use session_layer::wrap::NearCache;
use session_layer::wrap::near_cache::Coherence;
use test_servers::{WatchedRedis, until};

use crate::redis_fixture::{is_told, patient};
use crate::{draft, key, loaded};

#[tokio::test]
async fn a_cache_is_told_by_the_server_that_has_become_the_master() {
    let mut redis = WatchedRedis::start_alert().await.unwrap();
    let (cached, other) = (patient(&redis.url()), patient(&redis.url()));
    let cache = NearCache::redis(cached).max_age(MINUTE).build().unwrap();
    other.create(&key("a"), &draft("a")).await.unwrap();
    is_told(&cache).await;
    redis.servers[0].kill().await.unwrap();
    // Without a load, which would wait until that is over.
    let lost = async || (cache.coherence() == Coherence::Lost).then_some(());
    until("it was told of nothing more", lost).await.unwrap();
    redis.another_master(0).await.unwrap();
    // What the new master has of the former one, and how long it is the master, is not for a cache
    // to say.
    let kept = async || {
        other.create(&key("a"), &draft("a")).await.ok()?;
        loaded(&cache, "a").await?;
        (cache.bytes() > 0).then_some(())
    };
    until("a session was kept again", kept).await.unwrap();
    other.delete(&key("a")).await.unwrap();
    let ended = async || loaded(&cache, "a").await.is_none().then_some(());
    until("the end was seen", ended).await.unwrap();
}

/// The longest there is: what is seen before has been told.
const MINUTE: Duration = Duration::from_secs(60);
