//! What a program leaves that dies in the middle of a verb, and what a verb leaves.

use std::future::{Future, poll_fn};
use std::num::NonZeroU32;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use session_layer::backend::{
    Backend, Cap, CapPolicy, Created, Draft, Lifetime, Rotated, Rotation, RotationKind,
    TOMBSTONE_LIFE,
};

use session_layer::conformance::Subject;

use super::shared::{Shared, renewal};
use crate::fixture::{key, login};

/// More than any verb waits for answers, one after the other.
const WAITS: usize = 24;

/// Lets it wait so many times, and then stops. What it came to, if it came to its end.
async fn advanced<T>(mut verb: Pin<&mut impl Future<Output = T>>, waits: usize) -> Option<T> {
    let mut left = waits;
    let answer = poll_fn(|context| match left {
        0 => Poll::Ready(None),
        _ => {
            left -= 1;
            verb.as_mut().poll(context).map(Some)
        }
    });
    answer.await
}

/// The same, and drops it.
async fn cut_off<T>(verb: impl Future<Output = T>, waits: usize) -> Option<T> {
    advanced(pin!(verb), waits).await
}

fn capped(user: &str) -> Draft {
    let cap = Cap { sessions: NonZeroU32::new(2).unwrap(), policy: CapPolicy::EndOldest };
    Draft { cap: Some(cap), ..login(user) }
}

#[tokio::test]
async fn a_login_that_is_cut_off_anywhere_leaves_a_cap_that_holds() {
    let redis = Shared::start().await;
    let redis = &redis;
    join_all((1..WAITS).map(async |waits| {
        let (user, key) = (format!("user {waits}"), |n: u32| key(&format!("{waits} {n}")));
        redis.created(key(0), &capped(&user)).await;
        redis.created(key(1), &capped(&user)).await;
        let (third, draft) = (key(2), capped(&user));
        cut_off(redis.backend.create(&third, &draft), waits).await;
        redis.created(key(3), &capped(&user)).await;

        let listed = redis.listed(&user).await;
        assert_eq!(listed.len(), 2, "after {waits} waits");
        assert_eq!(listed.last(), Some(&key(3)));
        for n in 0..4 {
            let is_listed = listed.contains(&key(n));
            assert_eq!(redis.found(key(n)).await.is_some(), is_listed, "{n} after {waits} waits");
        }
    }))
    .await;
}

#[tokio::test]
async fn a_login_that_stops_anywhere_ends_nobody_for_whom_there_is_room_again() {
    let redis = Shared::start().await;
    let redis = &redis;
    join_all((1..WAITS).map(async |waits| {
        let (user, key) = (format!("user {waits}"), |n: u32| key(&format!("{waits} {n}")));
        redis.created(key(0), &capped(&user)).await;
        redis.created(key(1), &capped(&user)).await;
        let (third, draft) = (key(2), capped(&user));
        let mut login = pin!(redis.backend.create(&third, &draft));
        let stopped = advanced(login.as_mut(), waits).await;
        assert!(redis.backend.delete(&key(1)).await.unwrap().is_some());
        let was_there = redis.found(third).await.is_some();
        let created = match stopped {
            Some(created) => created.unwrap(),
            None => login.await.unwrap(),
        };
        let ended = if was_there { vec![key(0)] } else { Vec::new() };
        assert_eq!(created, Created::Done { ended }, "after {waits} waits");
    }))
    .await;
}

#[tokio::test]
async fn a_renewal_that_is_cut_off_anywhere_happens_wholly_or_not_at_all() {
    let redis = Shared::start().await;
    let redis = &redis;
    join_all((1..WAITS).map(async |waits| {
        let user = format!("user {waits}");
        let (old, new) = (key(&format!("old {waits}")), key(&format!("new {waits}")));
        redis.created(old, &login(&user)).await;
        cut_off(redis.backend.rotate(&old, &renewal(1, new)), waits).await;

        let found = redis.found(old).await.unwrap();
        assert!(found == old || found == new);
        assert_eq!(redis.found(new).await, (found == new).then_some(new), "after {waits} waits");
        assert_eq!(redis.listed(&user).await, [found], "after {waits} waits");
        let version = if found == new { 2 } else { 1 };
        let last = key(&format!("last {waits}"));
        let rotated = redis.backend.rotate(&found, &renewal(version, last)).await.unwrap();
        assert_eq!(rotated, Rotated::Done { ended: Vec::new() }, "after {waits} waits");
    }))
    .await;
}

#[tokio::test]
async fn a_login_that_is_cut_off_anywhere_can_be_ended_with_all_others() {
    let redis = Shared::start().await;
    let redis = &redis;
    join_all((1..WAITS).map(async |waits| {
        let user = format!("user {waits}");
        let (old, new) = (key(&format!("old {waits}")), key(&format!("new {waits}")));
        redis.created(old, &login(&user)).await;
        let replaced = Rotation { version: 1, to: new, kind: RotationKind::Replace(login(&user)) };
        cut_off(redis.backend.rotate(&old, &replaced), waits).await;
        for key in redis.listed(&user).await {
            assert!(redis.backend.delete(&key).await.unwrap().is_some());
        }
        for key in [old, new] {
            assert_eq!(redis.found(key).await, None, "after {waits} waits");
        }
        assert!(redis.listed(&user).await.is_empty());
    }))
    .await;
}

#[tokio::test]
async fn a_login_that_is_cut_off_anywhere_is_counted_when_it_is_next_used() {
    let redis = Shared::start().await;
    for waits in 1..WAITS {
        let (key, draft) = (key(&waits.to_string()), login(&format!("user {waits}")));
        cut_off(redis.backend.create(&key, &draft), waits).await;
    }
    redis.advance(Duration::from_secs(300)).await;
    let mut live = 0;
    for waits in 1..WAITS {
        live += u64::from(redis.backend.touch(&key(&waits.to_string())).await.unwrap());
    }
    assert!(live > 0);
    assert_eq!(redis.backend.stats().await.unwrap().live, live);
}

#[tokio::test]
async fn an_end_that_is_cut_off_anywhere_is_not_told_as_an_expiry_soon_after() {
    let redis = Shared::start().await;
    let minute = Duration::from_secs(60);
    let lifetime = Lifetime { idle: minute, absolute: minute };
    let draft = Draft { lifetime, ..login("alice") };
    for waits in 1..6 {
        let key = key(&waits.to_string());
        redis.created(key, &draft).await;
        cut_off(redis.backend.delete(&key), waits).await;
        redis.backend.delete(&key).await.unwrap();
    }
    redis.advance(minute + Duration::from_secs(1)).await;
    assert!(redis.backend.sweep(100).await.unwrap().lived.is_empty());
    assert_eq!(redis.backend.stats().await.unwrap().live, 0);
}

#[tokio::test]
async fn what_was_decided_is_soon_forgotten() {
    let redis = Shared::start().await;
    redis.created(key("old"), &login("alice")).await;
    redis.backend.rotate(&key("old"), &renewal(1, key("new"))).await.unwrap();
    let decisions = redis.names("t:*").await;
    assert_eq!(decisions.len(), 2);
    for name in decisions {
        let left: u64 = redis.ask("PTTL", &name).await;
        assert!(u128::from(left) <= TOMBSTONE_LIFE.as_millis(), "{left} ms");
    }
}

#[tokio::test]
async fn the_index_of_a_user_who_comes_and_goes_does_not_grow() {
    let redis = Shared::start().await;
    for n in 0..40 {
        let key = key(&n.to_string());
        redis.created(key, &login("alice")).await;
        redis.backend.delete(&key).await.unwrap();
    }
    let names = redis.names("u:alice").await;
    let fields: usize = redis.ask("HLEN", &names[0]).await;
    assert!(fields <= 8, "{fields} fields");
}

#[tokio::test]
async fn sessions_are_on_all_nodes() {
    let redis = Shared::start().await;
    for n in 0..30 {
        redis.created(key(&n.to_string()), &login("alice")).await;
    }
    for node in &redis.cluster.nodes {
        let pattern = format!("{}s:*", redis.prefix);
        let names: Vec<String> =
            crate::fixture::ask(&node.url(), &[b"KEYS", pattern.as_bytes()]).await;
        assert!((1..30).contains(&names.len()), "{} of 30", names.len());
    }
}
