//! What goes over the wire.

use std::time::Duration;

use session_layer::backend::{Backend, Change, Rotation, RotationKind, TOMBSTONE_LIFE, UserId};

use crate::fixture::{Counts, Fixture, draft, key, login, payload};

/// All verbs once, so that Redis has all scripts: a round trip more for each.
async fn all_verbs(redis: &Fixture, round: u64) {
    let [a, b, c] = ["a", "b", "c"].map(|name| key(&format!("{name}{round}")));
    redis.created(a, &login("alice")).await;
    let change = Change { version: 1, payload: payload("second"), lifetime: None };
    redis.backend.update(&a, &change).await.unwrap();
    redis.backend.touch(&a).await.unwrap();
    let grace = Duration::from_secs(60);
    let kind = RotationKind::Renew {
        payload: payload("third"),
        lifetime: None,
        grace,
        kept: TOMBSTONE_LIFE,
    };
    redis.backend.rotate(&a, &Rotation { version: 2, to: b, kind }).await.unwrap();
    redis.found(a).await;
    redis.found(b).await;
    let kind = RotationKind::Replace(login("bob"));
    redis.backend.rotate(&b, &Rotation { version: 3, to: c, kind }).await.unwrap();
    assert_eq!(redis.backend.of_user(&UserId::new("bob").unwrap()).await.unwrap().len(), 1);
    redis.backend.sweep(10).await.unwrap();
    redis.backend.stats().await.unwrap();
    redis.backend.delete(&c).await.unwrap();
}

#[tokio::test]
async fn a_load_is_one_get() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &draft("first")).await;
    let before = redis.counts().await;
    redis.found(key("a")).await;
    redis.backend.load(&key("b")).await.unwrap();
    assert_eq!(redis.sent_since(before).await, Counts::from([("get".into(), 2)]));
}

#[tokio::test]
async fn every_other_verb_is_one_script() {
    let redis = Fixture::start().await;
    all_verbs(&redis, 1).await;
    let before = redis.counts().await;
    all_verbs(&redis, 2).await;
    let sent = redis.sent_since(before).await;
    // Create, update, touch, renew, the load in the grace, replace, of_user, sweep, delete.
    assert_eq!(sent.get("evalsha"), Some(&9), "{sent:?}");
    assert_eq!(sent.get("eval"), None, "{sent:?}");
}

#[tokio::test]
async fn nothing_walks_through_all_keys() {
    let redis = Fixture::start().await;
    let before = redis.counts().await;
    all_verbs(&redis, 1).await;
    let sent = redis.sent_since(before).await;
    for command in ["keys", "scan", "zscan", "randomkey", "dbsize"] {
        assert_eq!(sent.get(command), None, "{sent:?}");
    }
}

#[tokio::test]
async fn a_backend_has_one_connection() {
    let redis = Fixture::start().await;
    let asked: Vec<_> = (0..50)
        .map(|_| {
            let backend = redis.backend.clone();
            tokio::spawn(async move { backend.load(&key("a")).await.unwrap() })
        })
        .collect();
    for asked in asked {
        asked.await.unwrap();
    }
    let clients: String = redis.ask(&[b"CLIENT", b"LIST", b"TYPE", b"normal"]).await;
    assert_eq!(clients.lines().count(), 2, "one is the test's: {clients}");
}
