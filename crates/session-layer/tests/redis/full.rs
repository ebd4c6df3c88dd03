//! A Redis without room.

use session_layer::backend::{
    Backend, BackendErrorKind, Change, Loaded, Missing, Payload, Record, Rotation, RotationKind,
    TOMBSTONE_LIFE, UserId,
};

use crate::fixture::{Fixture, draft, key, login, payload};

/// A Redis that has a session of alice's, and is full.
async fn full() -> Fixture {
    let redis = Fixture::start_with(&["--maxmemory-policy", "noeviction"]).await;
    redis.created(key("a"), &login("alice")).await;
    redis.backend.touch(&key("a")).await.unwrap();
    redis.backend.delete(&key("z")).await.unwrap();
    let () = redis.ask(&[b"CONFIG", b"SET", b"maxmemory", b"1"]).await;
    redis
}

#[tokio::test]
async fn what_needs_room_is_out_of_space_and_changes_nothing() {
    let redis = full().await;
    let before = redis.found(key("a")).await;
    let out = |error: session_layer::backend::BackendError| {
        assert_eq!(error.kind(), BackendErrorKind::OutOfSpace, "{error:?}");
    };
    out(redis.backend.create(&key("b"), &login("alice")).await.unwrap_err());
    let change = Change { version: 1, payload: Payload::from_bytes(vec![0; 1000]), lifetime: None };
    out(redis.backend.update(&key("a"), &change).await.unwrap_err());
    let grace = std::time::Duration::from_secs(60);
    let renew = RotationKind::Renew {
        payload: payload("new"),
        lifetime: None,
        grace,
        kept: TOMBSTONE_LIFE,
    };
    for kind in [renew, RotationKind::Replace(login("bob"))] {
        let rotation = Rotation { version: 1, to: key("c"), kind };
        out(redis.backend.rotate(&key("a"), &rotation).await.unwrap_err());
    }
    let record = Record { version: 2, user: UserId::new("bob"), ..before.record.clone() };
    for name in ["a", "b"] {
        out(redis.backend.restore(&key(name), &record).await.unwrap_err());
    }
    assert_eq!(redis.found(key("a")).await, before);
    assert_eq!(redis.backend.stats().await.unwrap().live, 1);
    for name in ["b", "c"] {
        let loaded = redis.backend.load(&key(name)).await.unwrap();
        assert_eq!(loaded, Loaded::Missing(Missing::Absent));
    }
}

#[tokio::test]
async fn a_session_is_still_read_and_seen() {
    let redis = full().await;
    redis.found(key("a")).await;
    assert!(redis.backend.touch(&key("a")).await.unwrap());
    assert_eq!(redis.backend.of_user(&login("alice").user.unwrap()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_logout_still_holds() {
    let redis = full().await;
    assert!(redis.backend.delete(&key("a")).await.unwrap().is_some());
    let loaded = redis.backend.load(&key("a")).await.unwrap();
    assert_eq!(loaded, Loaded::Missing(Missing::Absent));
    let () = redis.ask(&[b"CONFIG", b"SET", b"maxmemory", b"0"]).await;
    let created = redis.backend.create(&key("a"), &draft("again")).await.unwrap();
    assert_eq!(created, session_layer::backend::Created::Taken, "its tombstone is there");
}
