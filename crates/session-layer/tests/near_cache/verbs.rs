//! What changes a session has this process forget it.

use std::time::Duration;

use session_layer::backend::{
    Backend, Cap, CapPolicy, Change, Created, Draft, Record, Rotated, Rotation, RotationKind,
    TOMBSTONE_LIFE, Updated,
};

use crate::{Fixture, HOUR, content, draft, found, key, loaded, payload};

fn change(version: u64) -> Change {
    Change { version, payload: payload("second"), lifetime: None }
}

fn renewal(to: &str) -> Rotation {
    let kind = RotationKind::Renew {
        payload: payload("renewed"),
        lifetime: None,
        grace: HOUR / 60,
        kept: TOMBSTONE_LIFE,
    };
    Rotation { version: 1, to: key(to), kind }
}

#[tokio::test]
async fn an_update_is_read_at_once() {
    let Fixture { cache, .. } = Fixture::with("a").await;
    assert_eq!(cache.update(&key("a"), &change(1)).await.unwrap(), Updated::Done(2));
    assert_eq!(content(&cache, "a").await.unwrap(), b"second");
}

#[tokio::test]
async fn who_was_told_of_a_conflict_reads_nothing_older() {
    let Fixture { cache, spy, .. } = Fixture::with("a").await;
    spy.update(&key("a"), &change(1)).await.unwrap();
    assert_eq!(content(&cache, "a").await.unwrap(), b"a", "nobody has told it");
    assert!(matches!(cache.update(&key("a"), &change(1)).await.unwrap(), Updated::Conflict(_)));
    assert_eq!(content(&cache, "a").await.unwrap(), b"second");
}

#[tokio::test]
async fn a_touch_is_read_at_once() {
    let Fixture { cache, clock, .. } = Fixture::with("a").await;
    let before = found(&cache, "a").await.record.last_seen;
    clock.advance(Duration::from_millis(1));
    assert!(cache.touch(&key("a")).await.unwrap());
    assert!(found(&cache, "a").await.record.last_seen > before);
}

#[tokio::test]
async fn a_restored_session_is_read_at_once() {
    let Fixture { cache, .. } = Fixture::with("a").await;
    let record = found(&cache, "a").await.record;
    let newer = Record { version: 7, payload: payload("newer"), ..record };
    assert!(cache.restore(&key("a"), &newer).await.unwrap());
    assert_eq!(content(&cache, "a").await.unwrap(), b"newer");
}

#[tokio::test]
async fn an_old_key_leads_to_what_the_store_has() {
    let Fixture { cache, spy, .. } = Fixture::with("a").await;
    let rotated = cache.rotate(&key("a"), &renewal("b")).await.unwrap();
    assert_eq!(rotated, Rotated::Done { ended: Vec::new() });
    assert_eq!(found(&cache, "a").await.key, key("b"));
    spy.delete(&key("b")).await.unwrap();
    assert!(loaded(&cache, "a").await.is_none(), "what it leads to is asked for each time");
}

#[tokio::test]
async fn a_logout_under_the_old_key_is_one_under_the_new_key() {
    let Fixture { cache, .. } = Fixture::with("a").await;
    cache.rotate(&key("a"), &renewal("b")).await.unwrap();
    found(&cache, "b").await;
    assert_eq!(cache.delete(&key("a")).await.unwrap().unwrap().key, key("b"));
    assert!(loaded(&cache, "b").await.is_none());
}

#[tokio::test]
async fn what_made_room_for_a_login_is_gone_at_once() {
    let Fixture { cache, .. } = Fixture::with("a").await;
    let cap = Cap { sessions: 1.try_into().unwrap(), policy: CapPolicy::EndOldest };
    let login = Draft { cap: Some(cap), ..draft("b") };
    let created = cache.create(&key("b"), &login).await.unwrap();
    assert_eq!(created, Created::Done { ended: vec![key("a")] });
    assert!(loaded(&cache, "a").await.is_none());
}

#[tokio::test]
async fn a_change_that_nobody_waits_for_is_read_all_the_same() {
    let Fixture { cache, .. } = Fixture::with("a").await;
    let change = change(1);
    let key = key("a");
    // It is dropped before it has begun, or when it is done: never in between, with this store.
    drop(cache.update(&key, &change));
    let _ = tokio::time::timeout(Duration::ZERO, cache.update(&key, &change)).await;
    assert_eq!(content(&cache, "a").await.unwrap(), b"second");
}
