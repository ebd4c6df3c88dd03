//! Both stores are there.

use std::sync::Arc;

use session_layer::backend::{Backend, Change, Created, Loaded, Payload, Updated};

use crate::faulty::Health;
use crate::stores::{IDLE, Stores, alice, draft, key, minute_old, only_one, renewal};

#[tokio::test]
async fn what_is_written_is_in_both_stores() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.change("a", "changed").await;
    assert_eq!(stores.agreed("a").await.as_deref(), Some("changed"));
    stores.failover.rotate(&key("a"), &renewal(2, "b")).await.unwrap();
    assert_eq!(stores.agreed("b").await.as_deref(), Some("renewed"));
    stores.failover.delete(&key("b")).await.unwrap();
    assert_eq!(stores.agreed("b").await, None);
}

#[tokio::test]
async fn what_a_cap_ended_is_ended_in_both_stores() {
    let stores = Stores::new().await;
    stores.create("a").await;
    let created = stores.failover.create(&key("b"), &only_one("b")).await.unwrap();
    assert_eq!(created, Created::Done { ended: vec![key("a")] });
    assert_eq!(stores.agreed("a").await, None);
    assert_eq!(stores.agreed("b").await.as_deref(), Some("b"));
}

#[tokio::test]
async fn a_primary_that_lost_its_memory_is_given_the_session_back() {
    let stores = Stores::new().await;
    stores.backup.create(&key("a"), &draft("a")).await.unwrap();
    assert!(stores.found("a").await.is_some());
    assert_eq!(stores.agreed("a").await.as_deref(), Some("a"));
}

#[tokio::test]
async fn who_can_do_with_a_copy_asks_the_lead_for_one() {
    let stores = Stores::new().await;
    stores.backup.create(&key("a"), &draft("a")).await.unwrap();
    let loaded = stores.failover.load_stale(&key("a")).await.unwrap();
    assert!(matches!(loaded, Loaded::Found(_)), "what the lead does not have the other one has");
    assert_eq!((stores.primary.copies(), stores.backup.copies()), (1, 0));
}

#[tokio::test]
async fn all_of_a_users_sessions_are_found_though_the_primary_lost_its_memory() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.backup.restore(&key("b"), &minute_old("b")).await.unwrap();
    let found = stores.failover.of_user(&alice()).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(stores.agreed("b").await.as_deref(), Some("b"));
}

#[tokio::test]
async fn what_expires_is_told_once_and_not_by_each_store() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.clock.advance(IDLE);
    let swept = stores.failover.sweep(100).await.unwrap();
    assert_eq!((swept.removed, swept.lived), (1, vec![IDLE]));
    for store in [&stores.primary, &stores.backup] {
        assert_eq!(store.stats().await.unwrap().live, 0);
    }
}

#[tokio::test]
async fn a_backup_that_is_new_gets_a_session_with_its_next_change() {
    let stores = Stores::new().await;
    stores.primary.create(&key("a"), &draft("a")).await.unwrap();
    stores.change("a", "changed").await;
    assert_eq!(stores.agreed("a").await.as_deref(), Some("changed"));
}

#[tokio::test]
async fn a_backup_that_is_new_gets_a_session_with_its_next_touch() {
    let stores = Stores::new().await;
    stores.primary.create(&key("a"), &draft("a")).await.unwrap();
    assert!(stores.failover.touch(&key("a")).await.unwrap());
    assert_eq!(stores.agreed("a").await.as_deref(), Some("a"));
}

#[tokio::test]
async fn what_only_one_store_ended_is_ended() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.primary.delete(&key("a")).await.unwrap();
    assert!(stores.found("a").await.is_none());
    assert_eq!(stores.agreed("a").await, None);
}

#[tokio::test]
async fn a_backup_that_hangs_keeps_nobody_waiting_for_long() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.backup.set(Health::Hung);
    stores.change("a", "changed").await;
    stores.is_in(crate::stores::PRIMARY_ALONE).await;
    stores.backup.set(Health::Up);
    stores.is_in(crate::stores::NORMAL).await;
    assert_eq!(stores.agreed("a").await.as_deref(), Some("changed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_changes_of_one_version_that_look_the_same_one_is_done() {
    let stores = Arc::new(Stores::new().await);
    stores.create("a").await;
    for version in 1..200 {
        let changes: Vec<_> =
            (0..3).map(|_| tokio::spawn(count_up(stores.clone(), version))).collect();
        let mut done = 0;
        for change in changes {
            done += u32::from(change.await.unwrap() == Updated::Done(version + 1));
        }
        assert_eq!(done, 1, "of version {version}");
    }
}

async fn count_up(stores: Arc<Stores>, version: u64) -> Updated {
    let payload = Payload::from_bytes(version.to_string());
    let change = Change { version, payload, lifetime: None };
    stores.failover.update(&key("a"), &change).await.unwrap()
}
