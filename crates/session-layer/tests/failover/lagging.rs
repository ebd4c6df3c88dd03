//! The backup may lag.

use std::time::Duration;

use futures_util::FutureExt;
use session_layer::backend::{Backend, Change, HealthStatus, Payload, TOMBSTONE_LIFE, Updated};
use tokio::runtime::Runtime;

use crate::faulty::Health;
use crate::stores::{
    BACKUP_ALONE, NORMAL, PRIMARY_ALONE, Stores, change, content, ended, found, key, renewal,
};

const SHORT: Duration = Duration::from_millis(40);
/// So long that no test gets that far.
const LONG: Duration = Duration::from_secs(60);

mod conformance {
    session_layer::conformance::conformance_tests!(crate::stores::Stores::lagging(super::LONG));
}

/// A session of version 4 in both stores, of which the backup answers nobody.
async fn backup_hangs() -> Stores {
    let stores = Stores::lagging(LONG).await;
    stores.create("a").await;
    for content in ["one", "two", "three"] {
        stores.change("a", content).await;
    }
    stores.failover.flush().await.unwrap();
    stores.backup.set(Health::Hung);
    stores
}

/// The same, with a change of version 5 that an instance has made, which ended before it was sent.
async fn unsent() -> Stores {
    let stores = Stores::lagging(LONG).await;
    stores.create("a").await;
    let (runtime, instance) = (Runtime::new().unwrap(), stores.instance());
    let backup = stores.backup.clone();
    let changes = async move {
        for content in ["one", "two", "three"] {
            change(&instance, "a", content).await;
        }
        instance.flush().await.unwrap();
        backup.set(Health::Hung);
        change(&instance, "a", "unsent").await;
    };
    runtime.spawn(changes).await.unwrap();
    ended(runtime).await;
    stores.backup.set(Health::Up);
    assert_eq!(content(&stores.primary, "a").await.as_deref(), Some("unsent"));
    assert_eq!(content(&stores.backup, "a").await.as_deref(), Some("three"));
    stores
}

#[tokio::test]
async fn a_change_does_not_wait_for_the_backup_and_gets_there() {
    let stores = backup_hangs().await;
    stores.change("a", "changed").await;
    assert_eq!(stores.failover.mode(), Some(NORMAL));
    stores.backup.keeps_waiting().await;
    assert_eq!(content(&*stores.backup.memory, "a").await.as_deref(), Some("three"));
    stores.backup.set(Health::Up);
    stores.backup_has("a", "changed").await;
}

#[tokio::test]
async fn changes_of_a_session_get_there_in_order() {
    let stores = Stores::lagging(LONG).await;
    stores.create("a").await;
    for n in 0..200 {
        stores.change("a", &n.to_string()).await;
    }
    stores.failover.flush().await.unwrap();
    assert_eq!(stores.agreed("a").await.as_deref(), Some("199"));
    assert_eq!(found(&stores.backup, "a").await.unwrap().record.version, 201);
}

#[tokio::test]
async fn when_it_lags_as_much_as_it_may_changes_wait_for_the_backup() {
    let stores = Stores::lagging(SHORT).await;
    stores.create("a").await;
    stores.create("b").await;
    stores.backup.set(Health::Hung);
    stores.change("a", "changed").await;
    let lag = async || {
        let lag = stores.failover.health().await.stores.pop()?.lag_ms?;
        (lag >= 40 || stores.failover.mode() == Some(PRIMARY_ALONE)).then_some(())
    };
    test_servers::until("it lagged as much as it may", lag).await.unwrap();
    stores.change("b", "changed").await;
    assert_eq!(stores.failover.mode(), Some(PRIMARY_ALONE), "that is noted for the backup");
}

#[tokio::test]
async fn a_backup_that_is_waited_for_leads_when_the_primary_is_lost_meanwhile() {
    let stores = Stores::lagging(LONG).await;
    stores.create("a").await;
    // Its first change of a session waits.
    let (other, key) = (stores.instance(), key("a"));
    assert!(found(&other, "a").await.is_some());
    stores.backup.set(Health::Hung);
    let change = Change { version: 1, payload: Payload::from_bytes("changed"), lifetime: None };
    let lost = async {
        stores.backup.keeps_waiting().await;
        stores.primary.set(Health::Down);
        stores.backup.set(Health::Up);
    };
    // However late it is, the primary is lost before the backup is given up.
    let ((), updated) = tokio::join!(biased; lost, other.update(&key, &change));
    assert!(updated.is_err(), "{updated:?}");
    assert_eq!(found(&other, "a").await.unwrap().record.payload.as_bytes(), b"a");
}

#[tokio::test]
async fn what_is_on_its_way_gets_there_before_the_backup_leads() {
    for fault in [Health::Down, Health::Hung] {
        let stores = backup_hangs().await;
        stores.change("a", "changed").await;
        stores.backup.keeps_waiting().await;
        stores.primary.set(fault);
        stores.backup.set(Health::Up);
        let found = stores.found("a").await.unwrap();
        assert_eq!(found.record.payload.as_bytes(), b"changed", "{fault:?}");
        stores.is_in(BACKUP_ALONE).await;
    }
}

#[tokio::test]
async fn what_a_backup_that_is_lost_has_not_got_is_made_up_for() {
    for fault in [Health::Down, Health::Mute, Health::Hung, Health::Full] {
        let stores = backup_hangs().await;
        stores.backup.set(fault);
        stores.change("a", "changed").await;
        stores.is_in(PRIMARY_ALONE).await;
        stores.backup.set(Health::Up);
        stores.is_in(NORMAL).await;
        assert_eq!(stores.agreed("a").await.as_deref(), Some("changed"), "{fault:?}");
    }
}

#[tokio::test]
async fn what_is_flushed_both_stores_have() {
    let stores = backup_hangs().await;
    stores.change("a", "changed").await;
    stores.backup.keeps_waiting().await;
    assert!(stores.failover.flush().now_or_never().is_none());
    stores.backup.set(Health::Up);
    stores.failover.flush().await.unwrap();
    assert_eq!(stores.agreed("a").await.as_deref(), Some("changed"));
}

#[tokio::test]
async fn how_far_it_lags_is_told() {
    let stores = backup_hangs().await;
    stores.change("a", "changed").await;
    stores.backup.keeps_waiting().await;
    stores.backup.set(Health::Up);
    let lag = async || {
        let health = stores.failover.health().await;
        let [primary, backup] = &health.stores[..] else { panic!("{health:?}") };
        assert_eq!((health.status, primary.lag_ms), (HealthStatus::Up, None));
        backup.lag_ms.filter(|lag| *lag > 0)
    };
    test_servers::until("it lagged", lag).await.unwrap();
}

#[tokio::test]
async fn what_an_instance_has_not_sent_goes_with_the_primary_and_comes_back_with_it() {
    let stores = unsent().await;
    stores.primary.set(Health::Down);
    assert_eq!(stores.found("a").await.unwrap().record.version, 4);
    stores.primary.set(Health::Up);
    stores.is_in(NORMAL).await;
    assert_eq!(stores.found("a").await.unwrap().record.payload.as_bytes(), b"unsent");
}

#[tokio::test]
async fn what_an_instance_has_not_sent_is_sent_with_the_next_touch_or_change() {
    let stores = unsent().await;
    assert!(stores.failover.touch(&key("a")).await.unwrap());
    assert_eq!(stores.agreed("a").await.as_deref(), Some("unsent"));
    let stores = unsent().await;
    assert_eq!(stores.change("a", "later").await, 6);
    stores.failover.flush().await.unwrap();
    assert_eq!(stores.agreed("a").await.as_deref(), Some("later"));
}

#[tokio::test]
async fn what_is_changed_away_is_newer_than_what_the_primary_took_with_it() {
    for fault in [Health::Down, Health::Hung, Health::Mute] {
        let stores = unsent().await;
        stores.primary.set(fault);
        for content in ["away", "and again"] {
            stores.change("a", content).await;
        }
        stores.primary.set(Health::Up);
        stores.is_in(NORMAL).await;
        assert_eq!(stores.agreed("a").await.as_deref(), Some("and again"), "{fault:?}");
    }
}

#[tokio::test]
async fn who_has_read_what_the_primary_took_with_it_is_told_of_what_was_changed_away() {
    let stores = unsent().await;
    stores.primary.set(Health::Down);
    stores.change("a", "away").await;
    stores.primary.set(Health::Up);
    stores.is_in(NORMAL).await;
    let change = Change { version: 5, payload: Payload::from_bytes("late"), lifetime: None };
    match stores.failover.update(&key("a"), &change).await.unwrap() {
        Updated::Conflict(found) => assert_eq!(found.record.payload.as_bytes(), b"away"),
        updated => panic!("it is {updated:?}"),
    }
}

#[tokio::test]
async fn what_was_ended_does_not_come_back_with_what_was_not_sent() {
    let stores = unsent().await;
    assert!(stores.failover.delete(&key("a")).await.unwrap().is_some());
    assert_eq!(stores.agreed("a").await, None);
}

#[tokio::test]
async fn what_was_ended_away_does_not_come_back_with_what_the_primary_took_with_it() {
    let stores = unsent().await;
    stores.primary.set(Health::Down);
    assert!(stores.failover.delete(&key("a")).await.unwrap().is_some());
    stores.primary.set(Health::Up);
    stores.is_in(NORMAL).await;
    assert_eq!(stores.agreed("a").await, None);
}

#[tokio::test]
async fn what_is_on_its_way_does_not_bring_back_what_is_ended_meanwhile() {
    let stores = backup_hangs().await;
    stores.change("a", "changed").await;
    stores.backup.keeps_waiting().await;
    let (key, up) = (key("a"), async { stores.backup.set(Health::Up) });
    let (ended, ()) = tokio::join!(stores.failover.delete(&key), up);
    assert!(ended.unwrap().is_some());
    stores.failover.flush().await.unwrap();
    assert_eq!(stores.agreed("a").await, None);
}

#[tokio::test]
async fn a_new_key_is_in_both_stores_though_the_change_before_was_not() {
    let stores = unsent().await;
    stores.failover.rotate(&key("a"), &renewal(5, "b")).await.unwrap();
    assert_eq!(stores.agreed("b").await.as_deref(), Some("renewed"));
    stores.primary.set(Health::Down);
    assert!(stores.found("a").await.is_none_or(|found| found.key == key("b")));
}

/// A primary that was restored from a copy of a while ago.
#[tokio::test]
async fn no_change_is_lost_to_what_the_primary_has_forgotten() {
    let stores = Stores::lagging(LONG).await;
    stores.create("a").await;
    let older = found(&stores.primary, "a").await.unwrap().record;
    stores.change("a", "changed").await;
    stores.change("a", "forgotten").await;
    stores.failover.flush().await.unwrap();
    stores.primary.set(Health::Down);
    assert!(stores.found("a").await.is_some());
    stores.primary_forgets("a", &older).await;
    stores.primary.set(Health::Up);
    stores.is_in(NORMAL).await;
    let change = Change { version: 1, payload: Payload::from_bytes("late"), lifetime: None };
    match stores.failover.update(&key("a"), &change).await.unwrap() {
        Updated::Conflict(found) => assert_eq!(found.record.payload.as_bytes(), b"forgotten"),
        updated => panic!("it is {updated:?}"),
    }
}

#[tokio::test]
async fn a_primary_that_lost_its_memory_is_given_what_the_backup_has() {
    let stores = Stores::lagging(LONG).await;
    stores.create("a").await;
    let record = found(&stores.primary, "a").await.unwrap().record;
    let primary = &stores.primary.memory;
    primary.delete(&key("a")).await.unwrap();
    stores.clock.advance(TOMBSTONE_LIFE);
    primary.sweep(100).await.unwrap();
    let payload = Payload::from_bytes("changed");
    let change = Change { version: record.version, payload, lifetime: None };
    let updated = stores.failover.update(&key("a"), &change).await.unwrap();
    assert!(matches!(updated, Updated::Conflict(_) | Updated::Done(2)), "{updated:?}");
    assert!(stores.agreed("a").await.is_some());
}
