//! What is no session, where one should be.

use std::time::{Duration, SystemTime};

use session_layer::backend::{
    Backend, BackendError, BackendErrorKind, Change, Created, Record, Rotation, RotationKind,
    TOMBSTONE_LIFE,
};

use crate::fixture::{ABSOLUTE, Fixture, IDLE, draft, key, login, name, payload};

fn is_corrupt<T>(outcome: Result<T, BackendError>, of: &str) {
    let error = outcome.err().unwrap_or_else(|| panic!("{of}: it was taken for a session"));
    assert_eq!(error.kind(), BackendErrorKind::Corrupt, "{of}: {error:?}");
}

fn from_elsewhere() -> Record {
    let now = SystemTime::now();
    let (version, payload, user) = (9, payload("nine"), login("alice").user);
    Record {
        version,
        payload,
        user,
        created: now,
        last_seen: now,
        idle: IDLE,
        ends: now + ABSOLUTE,
    }
}

/// Every verb says so, and leaves it as it is.
async fn check(redis: &Fixture, of: &str) {
    let name = name(key("a"));
    let dump = async || redis.ask::<Vec<u8>>(&[b"DUMP", name.as_bytes()]).await;
    let before = dump().await;
    let backend = &redis.backend;
    is_corrupt(backend.load(&key("a")).await, of);
    is_corrupt(backend.touch(&key("a")).await, of);
    let change = Change { version: 1, payload: payload("second"), lifetime: None };
    is_corrupt(backend.update(&key("a"), &change).await, of);
    let grace = Duration::from_secs(60);
    let renew = RotationKind::Renew {
        payload: payload("third"),
        lifetime: None,
        grace,
        kept: TOMBSTONE_LIFE,
    };
    for kind in [renew, RotationKind::Replace(login("bob"))] {
        let rotation = Rotation { version: 1, to: key("b"), kind };
        is_corrupt(backend.rotate(&key("a"), &rotation).await, of);
    }
    is_corrupt(backend.delete(&key("a")).await, of);
    is_corrupt(backend.restore(&key("a"), &from_elsewhere()).await, of);
    assert_eq!(backend.create(&key("a"), &draft("new")).await.unwrap(), Created::Taken, "{of}");
    assert_eq!(dump().await, before, "{of}");
}

#[tokio::test]
async fn a_foreign_value_is_corrupt_and_stays_as_it_is() {
    let redis = Fixture::start().await;
    let name = name(key("a"));
    let long = vec![b'S'; 1000];
    for value in [b"".as_slice(), b"hello", b"{\"user\":1}", b"S", b"A", b"EE", &[0; 52], &long] {
        let () = redis.ask(&[b"SET", name.as_bytes(), value]).await;
        check(&redis, &format!("{value:?}")).await;
    }
}

#[tokio::test]
async fn another_type_is_corrupt_and_stays_as_it_is() {
    let redis = Fixture::start().await;
    let _: i64 = redis.ask(&[b"RPUSH", name(key("a")).as_bytes(), b"x"]).await;
    check(&redis, "a list").await;
}

#[tokio::test]
async fn a_session_that_is_cut_off_is_corrupt_and_stays_as_it_is() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &login("alice")).await;
    let name = name(key("a"));
    let whole: Vec<u8> = redis.ask(&[b"GET", name.as_bytes()]).await;
    for length in [1, 10, 53, 54, 57, whole.len() - 1] {
        let () = redis.ask(&[b"SET", name.as_bytes(), &whole[..length]]).await;
        check(&redis, &format!("{length} of {} bytes", whole.len())).await;
    }
}

#[tokio::test]
async fn a_session_that_cant_be_read_does_not_stand_in_the_way_of_a_users_others() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &login("alice")).await;
    redis.created(key("b"), &login("alice")).await;
    let () = redis.ask(&[b"SET", name(key("a")).as_bytes(), b"foreign"]).await;
    let sessions = redis.backend.of_user(&login("alice").user.unwrap()).await.unwrap();
    assert_eq!(sessions, [redis.found(key("b")).await]);
    let left: String = redis.ask(&[b"GET", name(key("a")).as_bytes()]).await;
    assert_eq!(left, "foreign");
}

#[tokio::test]
async fn an_index_that_is_none_is_corrupt() {
    let redis = Fixture::start().await;
    let () = redis.ask(&[b"SET", b"session:u:alice", b"foreign"]).await;
    is_corrupt(redis.backend.of_user(&login("alice").user.unwrap()).await, "of_user");
}
