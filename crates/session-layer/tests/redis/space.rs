//! What is left in Redis, and for how long.

use std::num::NonZeroU32;
use std::time::Duration;

use futures_util::future::join_all;
use session_layer::backend::{
    Backend, Cap, CapPolicy, Change, Draft, Lifetime, Record, Rotation, RotationKind,
    TOMBSTONE_LIFE,
};
use session_layer::conformance::Subject;

use crate::fixture::{ABSOLUTE, Fixture, IDLE, draft, key, login, name, payload};

impl Fixture {
    async fn life(&self, name: &str) -> Duration {
        let millis: i64 = self.ask(&[b"PTTL", name.as_bytes()]).await;
        Duration::from_millis(u64::try_from(millis).unwrap_or_else(|_| panic!("{name}: {millis}")))
    }

    async fn keys(&self) -> Vec<String> {
        self.ask(&[b"KEYS", b"*"]).await
    }

    async fn members(&self, index: &str) -> i64 {
        self.ask(&[b"ZCARD", index.as_bytes()]).await
    }
}

/// How long what has expired is left to a sweep.
const SWEEP_WAIT: Duration = Duration::from_secs(600);

fn is_about(life: Duration, expected: Duration) {
    let slow = Duration::from_secs(20);
    assert!(life <= expected && life + slow > expected, "{life:?}, not {expected:?}");
}

#[tokio::test]
async fn redis_expires_a_session_by_itself() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &draft("first")).await;
    is_about(redis.life(&name(key("a"))).await, IDLE);
    redis.advance(IDLE / 2).await;
    is_about(redis.life(&name(key("a"))).await, IDLE / 2);
    redis.backend.touch(&key("a")).await.unwrap();
    is_about(redis.life(&name(key("a"))).await, IDLE);
    redis.advance(IDLE / 2).await;
    let change = Change { version: 1, payload: payload("second"), lifetime: None };
    redis.backend.update(&key("a"), &change).await.unwrap();
    is_about(redis.life(&name(key("a"))).await, IDLE);
}

#[tokio::test]
async fn an_index_lives_as_long_as_what_it_names_may() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &login("alice")).await;
    is_about(redis.life("session:u:alice").await, ABSOLUTE);
    is_about(redis.life("session:live").await, ABSOLUTE + SWEEP_WAIT);
    let longer = Lifetime { idle: IDLE, absolute: 2 * ABSOLUTE };
    let change = Change { version: 1, payload: payload("second"), lifetime: Some(longer) };
    redis.backend.update(&key("a"), &change).await.unwrap();
    is_about(redis.life("session:u:alice").await, 2 * ABSOLUTE);
    is_about(redis.life("session:live").await, 2 * ABSOLUTE + SWEEP_WAIT);
    redis.created(key("b"), &login("alice")).await;
    is_about(redis.life("session:u:alice").await, 2 * ABSOLUTE);
}

#[tokio::test]
async fn what_is_restored_lives_for_as_long_as_it_has_left() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &login("alice")).await;
    redis.advance(IDLE / 2).await;
    let record = Record { version: 2, ..redis.found(key("a")).await.record };
    let longer = Record { ends: record.ends + ABSOLUTE, ..record };
    assert!(redis.backend.restore(&key("a"), &longer).await.unwrap());
    is_about(redis.life(&name(key("a"))).await, IDLE / 2);
    for (index, longer) in [("session:u:alice", Duration::ZERO), ("session:live", SWEEP_WAIT)] {
        is_about(redis.life(index).await, 2 * ABSOLUTE - IDLE / 2 + longer);
        assert_eq!(redis.members(index).await, 1, "{index}");
    }
}

#[tokio::test]
async fn nothing_stays_for_ever() {
    let redis = Fixture::start().await;
    for name in ["a", "b", "c", "d"] {
        redis.created(key(name), &login("alice")).await;
    }
    redis.backend.delete(&key("a")).await.unwrap();
    let kind = RotationKind::Replace(login("bob"));
    redis.backend.rotate(&key("b"), &Rotation { version: 1, to: key("e"), kind }).await.unwrap();
    let grace = Duration::from_secs(60);
    let kind = RotationKind::Renew {
        payload: payload("new"),
        lifetime: None,
        grace,
        kept: TOMBSTONE_LIFE,
    };
    redis.backend.rotate(&key("c"), &Rotation { version: 1, to: key("f"), kind }).await.unwrap();
    for name in redis.keys().await {
        assert!(redis.life(&name).await <= ABSOLUTE + SWEEP_WAIT, "{name}");
    }
    redis.advance(2 * ABSOLUTE).await;
    assert_eq!(redis.keys().await, [""; 0]);
}

#[tokio::test]
async fn without_a_sweep_expired_sessions_leave_the_set_of_the_live_as_others_are_created() {
    let redis = Fixture::start().await;
    for n in 0..20 {
        redis.created(key(&format!("early {n}")), &draft("first")).await;
    }
    redis.advance(IDLE + SWEEP_WAIT + IDLE / 10).await;
    for n in 0..20 {
        redis.created(key(&format!("late {n}")), &draft("first")).await;
    }
    assert_eq!(redis.members("session:live").await, 20);
}

#[tokio::test]
async fn what_expired_a_moment_ago_waits_for_a_sweep_that_tells_of_it() {
    let redis = Fixture::start().await;
    for n in 0..20 {
        redis.created(key(&format!("early {n}")), &draft("first")).await;
    }
    redis.advance(IDLE + IDLE / 10).await;
    for n in 0..20 {
        redis.created(key(&format!("late {n}")), &draft("first")).await;
    }
    let swept = redis.backend.sweep(100).await.unwrap();
    assert_eq!((swept.removed, swept.lived.len()), (20, 20));
}

#[tokio::test]
async fn what_is_counted_and_is_no_session_is_not_told_as_expired() {
    let redis = Fixture::start().await;
    redis.created(key("ended"), &draft("first")).await;
    redis.backend.delete(&key("ended")).await.unwrap();
    redis.ask::<()>(&[b"LPUSH", name(key("foreign")).as_bytes(), b"a"]).await;
    for key in [key("ended"), key("foreign")] {
        let member = key.to_string();
        redis.ask::<()>(&[b"ZADD", b"session:live", b"1000000.5", member.as_bytes()]).await;
    }
    let swept = redis.backend.sweep(100).await.unwrap();
    assert_eq!((swept.removed, swept.lived), (2, Vec::new()));
}

#[tokio::test]
async fn expired_sessions_leave_a_users_index_as_others_are_created() {
    let redis = Fixture::start().await;
    for n in 0..200 {
        redis.created(key(&format!("{n}")), &login("robot")).await;
        redis.advance(IDLE + IDLE / 10).await;
    }
    let members = redis.members("session:u:robot").await;
    assert!(members < 20, "{members} of 200, and one is live");
}

#[tokio::test]
async fn expired_sessions_leave_a_capped_users_index() {
    let redis = Fixture::start().await;
    let cap = Cap { sessions: NonZeroU32::new(5).unwrap(), policy: CapPolicy::Refuse };
    for n in 0..50 {
        let draft = Draft { cap: Some(cap), ..login("alice") };
        redis.created(key(&format!("{n}")), &draft).await;
        redis.advance(IDLE + IDLE / 10).await;
    }
    let members = redis.members("session:u:alice").await;
    assert!(members < 10, "{members} of 50, and one is live");
}

#[tokio::test]
async fn a_session_that_is_seen_often_is_moved_rarely_in_the_set_of_the_live() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &draft("first")).await;
    let member = key("a").to_string();
    let due = async || redis.ask::<f64>(&[b"ZSCORE", b"session:live", member.as_bytes()]).await;
    let first = due().await;
    redis.backend.touch(&key("a")).await.unwrap();
    assert_eq!(due().await, first, "so soon it is not worth it");
    redis.advance(IDLE / 10).await;
    redis.backend.touch(&key("a")).await.unwrap();
    assert!(due().await >= first, "after a tenth of the idle time it is");
}

#[tokio::test]
async fn a_sweep_counts_a_session_that_was_moved_rarely_as_live_for_as_long_as_it_lives() {
    let redis = Fixture::start().await;
    redis.created(key("a"), &draft("first")).await;
    redis.advance(IDLE / 20).await;
    redis.backend.touch(&key("a")).await.unwrap();
    redis.advance(IDLE - IDLE / 40).await;
    assert_eq!(redis.backend.sweep(10).await.unwrap().removed, 0);
    assert_eq!(redis.backend.stats().await.unwrap().live, 1);
    redis.found(key("a")).await;
    redis.advance(IDLE / 20).await;
    assert_eq!(redis.backend.sweep(10).await.unwrap().removed, 1);
    assert_eq!(redis.backend.stats().await.unwrap().live, 0);
}

#[tokio::test]
async fn a_sweep_goes_on_for_as_long_as_it_is_told_to() {
    let redis = Fixture::start().await;
    let first = draft("first");
    join_all((0..1_200).map(|n| redis.created(key(&format!("{n}")), &first))).await;
    redis.advance(IDLE + IDLE / 10).await;
    assert_eq!(redis.backend.sweep(1_100).await.unwrap().removed, 1_100);
    assert_eq!(redis.backend.sweep(1_100).await.unwrap().removed, 100);
}
