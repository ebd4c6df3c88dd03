//! A call of a wrapper, and within it those of the stores that it asks.

use session_layer::backend::{MemoryBackend, RedisBackend};
use session_layer::wrap::{Failover, NearCache};
use test_servers::Redis;

use crate::ended::{Ended, Fields};

/// What is asked, and the port of its server.
fn asked(spans: &[Fields]) -> Vec<(&str, Option<&str>)> {
    let told = |span| Fields::get(span, "server.port").map(String::as_str);
    spans.iter().map(|span| (span["db.system.name"].as_str(), told(span))).collect()
}

#[tokio::test]
async fn a_failover_has_the_spans_of_its_stores_which_name_their_servers() {
    let redis = Redis::start().await.unwrap();
    let port = redis.address().port().to_string();
    let primary = RedisBackend::builder(redis.url()).build().unwrap();
    let failover = Failover::builder(primary, MemoryBackend::new()).build().unwrap();
    let ended = Ended::begin();
    let spans = ended.of_call(failover).await;
    let asked = asked(&spans);
    assert!(asked.contains(&("redis", Some(port.as_str()))), "{asked:?}");
    assert_eq!(asked.last(), Some(&("failover", None)));
}

#[tokio::test]
async fn a_near_cache_has_the_span_of_its_store_which_names_its_server() {
    let redis = Redis::start().await.unwrap();
    let port = redis.address().port().to_string();
    let store = RedisBackend::builder(redis.url()).build().unwrap();
    let ended = Ended::begin();
    let spans = ended.of_call(NearCache::redis(store).build().unwrap()).await;
    assert_eq!(asked(&spans), [("redis", Some(port.as_str())), ("near_cache", None)]);
}
