//! Redis loses scripts, and is given them again.

use session_layer::backend::{Backend, Change};

use crate::fixture::{Fixture, draft, key, payload};

#[tokio::test]
async fn scripts_that_redis_has_forgotten_are_given_to_it_again() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &draft("first")).await;
    for version in 1..4 {
        let () = redis.ask(&[b"SCRIPT", b"FLUSH"]).await;
        let change = Change { version, payload: payload("next"), lifetime: None };
        redis.backend.update(&key("a"), &change).await.unwrap();
    }
    assert_eq!(redis.found(key("a")).await.record.version, 4);
}
