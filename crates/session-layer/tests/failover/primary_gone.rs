//! The primary is gone, and comes back.

use session_layer::backend::{Backend, Created, Rotated, Updated};

use crate::faulty::Health;
use crate::stores::{
    BACKUP_ALONE, IDLE, NORMAL, PRIMARY_ALONE, Stores, alice, change, content, draft, found, key,
    mode_of, only_one, renewal,
};

mod has_come_back {
    session_layer::conformance::conformance_tests!(crate::stores::Stores::doubted());
}

const FAULTS: [Health; 4] = [Health::Down, Health::Mute, Health::Hung, Health::Full];

#[tokio::test]
async fn a_change_goes_to_the_backup_and_comes_home() {
    for fault in FAULTS {
        let stores = Stores::new().await;
        stores.create("a").await;
        stores.primary.set(fault);
        assert_eq!(stores.change("a", "away").await, 2, "{fault:?}");
        stores.is_in(BACKUP_ALONE).await;
        assert_eq!(stores.found("a").await.unwrap().record.version, 2);
        stores.primary.set(Health::Up);
        stores.is_in(NORMAL).await;
        assert_eq!(stores.agreed("a").await.as_deref(), Some("away"), "{fault:?}");
    }
}

/// A server that writes to its disk once a second comes back without the last one.
#[tokio::test]
async fn a_primary_that_has_forgotten_the_latest_change_is_reminded_of_it() {
    let stores = Stores::new().await;
    stores.create("a").await;
    let older = found(&stores.primary, "a").await.unwrap().record;
    stores.change("a", "acknowledged").await;
    stores.primary.set(Health::Down);
    assert!(stores.found("a").await.is_some());
    stores.primary_forgets("a", &older).await;
    stores.primary.set(Health::Up);
    stores.is_in(NORMAL).await;
    assert_eq!(content(&stores.failover, "a").await.as_deref(), Some("acknowledged"));
    assert_eq!(stores.change("a", "next").await, 3);
    assert_eq!(stores.agreed("a").await.as_deref(), Some("next"));
}

#[tokio::test]
async fn a_session_is_read_from_the_backup() {
    for fault in [Health::Down, Health::Hung] {
        let stores = Stores::new().await;
        stores.create("a").await;
        stores.primary.set(fault);
        assert!(stores.found("a").await.is_some(), "{fault:?}");
        stores.is_in(BACKUP_ALONE).await;
    }
}

#[tokio::test]
async fn what_began_away_comes_home() {
    let stores = Stores::new().await;
    stores.primary.set(Health::Down);
    stores.create("a").await;
    stores.create("b").await;
    stores.primary.set(Health::Up);
    stores.is_in(NORMAL).await;
    assert_eq!(stores.agreed("a").await.as_deref(), Some("a"));
    assert_eq!(stores.failover.of_user(&alice()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_was_ended_away_does_not_come_back() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.primary.set(Health::Down);
    assert!(stores.failover.delete(&key("a")).await.unwrap().is_some());
    stores.primary.set(Health::Up);
    stores.is_in(NORMAL).await;
    assert_eq!(stores.agreed("a").await, None);
    assert!(stores.found("a").await.is_none());
}

#[tokio::test]
async fn what_was_ended_away_does_not_come_back_after_an_outage_longer_than_a_tombstone() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.primary.set(Health::Down);
    stores.failover.delete(&key("a")).await.unwrap();
    stores.clock.advance(std::time::Duration::from_secs(600));
    stores.backup.sweep(100).await.unwrap();
    stores.primary.set(Health::Up);
    assert!(stores.found("a").await.is_none());
    stores.is_in(NORMAL).await;
    assert_eq!(stores.agreed("a").await, None);
}

#[tokio::test]
async fn what_expired_away_is_told_by_the_backup_alone() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.primary.set(Health::Down);
    assert!(stores.found("a").await.is_some());
    stores.is_in(BACKUP_ALONE).await;
    stores.clock.advance(IDLE);
    assert_eq!(stores.failover.sweep(100).await.unwrap().lived, [IDLE]);
    stores.primary.set(Health::Up);
    stores.is_in(NORMAL).await;
    assert!(stores.failover.sweep(100).await.unwrap().lived.is_empty());
    assert_eq!(stores.primary.stats().await.unwrap().live, 0);
}

#[tokio::test]
async fn what_was_renewed_away_has_its_new_key_at_home() {
    for fault in [Health::Down, Health::Mute] {
        let stores = Stores::new().await;
        stores.create("a").await;
        stores.primary.set(fault);
        let rotated = stores.failover.rotate(&key("a"), &renewal(1, "b")).await.unwrap();
        assert_eq!(rotated, Rotated::Done { ended: Vec::new() }, "{fault:?}");
        stores.primary.set(Health::Up);
        stores.is_in(NORMAL).await;
        assert_eq!(stores.agreed("b").await.as_deref(), Some("renewed"), "{fault:?}");
        let old = found(&stores.primary, "a").await;
        assert!(old.is_none_or(|found| found.key == key("b")), "{fault:?}");
    }
}

#[tokio::test]
async fn a_cap_is_held_by_the_backup() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.primary.set(Health::Down);
    let created = stores.failover.create(&key("b"), &only_one("b")).await.unwrap();
    assert_eq!(created, Created::Done { ended: vec![key("a")] });
    stores.primary.set(Health::Up);
    stores.is_in(NORMAL).await;
    assert_eq!(stores.agreed("a").await, None);
    assert_eq!(stores.agreed("b").await.as_deref(), Some("b"));
}

#[tokio::test]
async fn a_backup_that_was_away_is_given_what_it_missed() {
    for fault in FAULTS {
        let stores = Stores::new().await;
        stores.create("a").await;
        stores.create("b").await;
        stores.backup.set(fault);
        stores.change("a", "changed").await;
        stores.failover.delete(&key("b")).await.unwrap();
        stores.is_in(PRIMARY_ALONE).await;
        stores.backup.set(Health::Up);
        stores.is_in(NORMAL).await;
        assert_eq!(stores.agreed("a").await.as_deref(), Some("changed"), "{fault:?}");
        assert_eq!(stores.agreed("b").await, None, "{fault:?}");
    }
}

#[tokio::test]
async fn nobody_lags_behind_for_ever_and_no_note_is_left() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.primary.set(Health::Down);
    for n in 0..20 {
        stores.change("a", &n.to_string()).await;
    }
    stores.primary.set(Health::Up);
    stores.is_in(NORMAL).await;
    // The session, and the probe.
    assert!(stores.backup.memory.stats().await.unwrap().live <= 2);
}

#[tokio::test]
async fn an_instance_that_starts_later_knows_who_missed_something() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.primary.set(Health::Down);
    stores.change("a", "away").await;
    stores.primary.set(Health::Up);
    let other = stores.instance();
    let session = found(&other, "a").await.unwrap();
    assert_eq!(session.record.version, 2);
}

#[tokio::test]
async fn an_instance_that_has_not_noticed_overwrites_nothing() {
    let stores = Stores::new().await;
    let other = stores.instance();
    stores.create("a").await;
    assert!(found(&other, "a").await.is_some());
    stores.primary.set(Health::Down);
    stores.change("a", "away").await;
    stores.primary.set(Health::Up);
    // It reads what the primary had, and is told of what it has not seen.
    let update = session_layer::backend::Change {
        version: 1,
        payload: session_layer::backend::Payload::from_bytes("late"),
        lifetime: None,
    };
    match other.update(&key("a"), &update).await.unwrap() {
        Updated::Conflict(found) => assert_eq!(found.record.payload.as_bytes(), b"away"),
        updated => panic!("it is {updated:?}"),
    }
    change(&other, "a", "later").await;
    stores.is_in(NORMAL).await;
    mode_of(&other, NORMAL).await;
    assert_eq!(stores.agreed("a").await.as_deref(), Some("later"));
}

#[tokio::test]
async fn a_primary_that_comes_back_empty_is_given_all() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.primary.set(Health::Down);
    assert!(stores.found("a").await.is_some());
    stores.clock.advance(std::time::Duration::from_secs(1));
    stores.primary.memory.delete(&key("a")).await.unwrap();
    stores.clock.advance(session_layer::backend::TOMBSTONE_LIFE);
    stores.primary.memory.sweep(100).await.unwrap();
    stores.primary.set(Health::Up);
    stores.is_in(NORMAL).await;
    assert!(stores.found("a").await.is_some());
    assert_eq!(stores.agreed("a").await.as_deref(), Some("a"));
    let _ = draft("");
}
