//! Both stores are gone.

use session_layer::backend::{Backend, BackendErrorKind};

use crate::faulty::Health;
use crate::stores::{NORMAL, Stores, key};

#[tokio::test]
async fn every_verb_fails_and_nothing_is_lost_when_they_are_back() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.primary.set(Health::Down);
    stores.backup.set(Health::Down);
    let error = stores.failover.load(&key("a")).await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Unavailable);
    assert!(stores.failover.delete(&key("a")).await.is_err());
    stores.primary.set(Health::Up);
    stores.backup.set(Health::Up);
    stores.is_in(NORMAL).await;
    assert_eq!(stores.agreed("a").await.as_deref(), Some("a"));
}

#[tokio::test]
async fn either_one_that_is_back_serves_if_it_has_missed_nothing() {
    for (first, last) in [(true, false), (false, true)] {
        let stores = Stores::new().await;
        stores.create("a").await;
        stores.primary.set(Health::Down);
        stores.backup.set(Health::Down);
        assert!(stores.failover.load(&key("a")).await.is_err());
        if first {
            stores.primary.set(Health::Up);
        }
        if last {
            stores.backup.set(Health::Up);
        }
        let loaded = async || stores.failover.load(&key("a")).await.ok();
        test_servers::until("one of them served", loaded).await.unwrap();
    }
}

#[tokio::test]
async fn one_that_has_missed_a_logout_does_not_serve() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.primary.set(Health::Down);
    stores.failover.delete(&key("a")).await.unwrap();
    stores.backup.set(Health::Down);
    stores.primary.set(Health::Up);
    for _ in 0..50 {
        assert!(stores.failover.load(&key("a")).await.is_err());
        tokio::task::yield_now().await;
    }
    stores.backup.set(Health::Up);
    stores.is_in(NORMAL).await;
    assert_eq!(stores.agreed("a").await, None);
}

#[tokio::test]
async fn an_instance_may_start_while_a_store_is_away() {
    for (primary, backup) in [(Health::Down, Health::Up), (Health::Up, Health::Down)] {
        let stores = Stores::new().await;
        stores.primary.set(primary);
        stores.backup.set(backup);
        stores.create("a").await;
        stores.primary.set(Health::Up);
        stores.backup.set(Health::Up);
        stores.is_in(NORMAL).await;
        assert_eq!(stores.agreed("a").await.as_deref(), Some("a"));
    }
}
