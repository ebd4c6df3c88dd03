//! Sessions that are read from memory.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use session_layer::backend::RedisBackend;
use session_layer::wrap::NearCache;
use test_servers::{PATIENCE, Redis};

use crate::service::Service;

#[tokio::test]
async fn what_needs_a_password_of_lately_rests_on_nothing_old() {
    let redis = Redis::start().await.unwrap();
    let store = || RedisBackend::builder(redis.url()).timeout(PATIENCE).build().unwrap();
    // Nobody tells it of changes.
    let near = NearCache::builder(store()).max_age(Duration::from_secs(60)).build().unwrap();
    let (here, elsewhere) = (Service::on(near), Service::on(store()));
    let mut alice = here.logged_in("alice").await;
    alice.add("tea", 1).await;
    assert_eq!(alice.user().await.as_deref(), Some("alice"));
    let mut other = alice.clone().served_by(&elsewhere);
    other.post("/logout", json!({ "everywhere": false })).await;
    assert_eq!(alice.user().await.as_deref(), Some("alice"), "what is in memory is old");
    for path in ["/checkout", "/account/email"] {
        let answer = alice.clone().post(path, json!({})).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}: {answer:?}");
    }
}
