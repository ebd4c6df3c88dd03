//! What is told of the two stores.

use session_layer::backend::{Backend, Breaker, HealthStatus};

use crate::faulty::Health;
use crate::stores::{BACKUP_ALONE, NORMAL, Stores};

async fn told(stores: &Stores) -> (HealthStatus, Vec<(&'static str, HealthStatus, Breaker)>) {
    let health = stores.failover.health().await;
    let of_each = health.stores.into_iter();
    let of_each =
        of_each.map(|store| (store.role.unwrap(), store.status, store.breaker.unwrap())).collect();
    (health.status, of_each)
}

#[tokio::test]
async fn two_stores_in_step_are_up() {
    let stores = Stores::new().await;
    stores.create("a").await;
    let (up, closed) = (HealthStatus::Up, Breaker::Closed);
    let each = vec![("primary", up, closed), ("backup", up, closed)];
    assert_eq!(told(&stores).await, (up, each));
}

#[tokio::test]
async fn a_primary_that_is_away_degrades_it_until_it_has_caught_up() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.primary.set(Health::Hung);
    stores.change("a", "changed").await;
    stores.is_in(BACKUP_ALONE).await;
    let each = vec![
        ("primary", HealthStatus::Down, Breaker::Open),
        ("backup", HealthStatus::Up, Breaker::Closed),
    ];
    assert_eq!(told(&stores).await, (HealthStatus::Degraded, each));
    stores.primary.set(Health::Up);
    stores.is_in(NORMAL).await;
    assert_eq!(told(&stores).await.0, HealthStatus::Up);
}

#[tokio::test]
async fn it_is_down_when_both_are() {
    let stores = Stores::new().await;
    stores.create("a").await;
    stores.primary.set(Health::Down);
    stores.change("a", "changed").await;
    stores.backup.set(Health::Down);
    let health = stores.failover.health().await;
    let errors: Vec<_> = health.stores.iter().map(|store| store.error).collect();
    assert_eq!((health.status, errors), (HealthStatus::Down, vec![None, Some("unavailable")]));
}

#[tokio::test]
async fn its_figures_are_those_of_the_store_that_leads() {
    let stores = Stores::new().await;
    stores.create("a").await;
    let live = async || stores.failover.health().await.stats.map(|stats| stats.live);
    assert_eq!(live().await, Some(1));
    stores.primary.set(Health::Down);
    stores.create("b").await;
    stores.is_in(BACKUP_ALONE).await;
    assert!(live().await >= Some(2), "the backup has both, and notes");
}
