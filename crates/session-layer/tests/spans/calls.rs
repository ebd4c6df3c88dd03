//! What a span says, by OpenTelemetry's conventions for database clients.

use session_layer::backend::{MemoryBackend, RedisBackend};
use test_servers::Redis;

use crate::ended::{Ended, fields};

#[tokio::test]
async fn a_call_says_what_was_asked_of_which_server_and_nothing_secret() {
    let redis = Redis::start_with(&["--requirepass", "hunter2"]).await.unwrap();
    let backend = RedisBackend::builder(redis.url_as(":hunter2@")).build().unwrap();
    backend.connect().await.unwrap();
    let ended = Ended::begin();
    let expected = fields([
        ("otel.kind", "client"),
        ("db.system.name", "redis"),
        ("db.operation.name", "stats"),
        ("server.address", "127.0.0.1"),
        ("server.port", &redis.address().port().to_string()),
    ]);
    assert_eq!(ended.of_call(backend).await, [expected]);
}

#[tokio::test]
async fn a_call_that_fails_says_how_and_which_server_was_asked() {
    let mut redis = Redis::start().await.unwrap();
    let backend = RedisBackend::builder(redis.url()).build().unwrap();
    redis.kill().await.unwrap();
    let ended = Ended::begin();
    let expected = fields([
        ("otel.kind", "client"),
        ("db.system.name", "redis"),
        ("db.operation.name", "stats"),
        ("server.address", "127.0.0.1"),
        ("server.port", &redis.address().port().to_string()),
        ("error.type", "unavailable"),
    ]);
    assert_eq!(ended.of_call(backend).await, [expected]);
}

#[tokio::test]
async fn a_call_of_what_has_no_server_names_none() {
    let ended = Ended::begin();
    let expected = fields([
        ("otel.kind", "client"),
        ("db.system.name", "memory"),
        ("db.operation.name", "stats"),
    ]);
    assert_eq!(ended.of_call(MemoryBackend::new()).await, [expected]);
}
