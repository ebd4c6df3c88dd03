use std::sync::Arc;

use session_layer::backend::Backend;

use super::samples::create;
use crate::engine::{builder, database, rows, shared, without_rights_to_create};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_instances_migrate_at_once() {
    let url = database(shared().await).await;
    let instances = (0..8).map(|_| {
        let sessions = Arc::new(builder(&url).build().unwrap());
        tokio::spawn(async move { sessions.migrate().await })
    });
    for instance in instances.collect::<Vec<_>>() {
        instance.await.unwrap().unwrap();
    }
    assert_eq!(rows(&url, "SELECT version FROM session_migrations").await, 1);
}

#[tokio::test]
async fn to_migrate_again_keeps_the_sessions() {
    let url = database(shared().await).await;
    let sessions = builder(&url).build().unwrap();
    sessions.migrate().await.unwrap();
    create(&sessions, "a").await;
    sessions.migrate().await.unwrap();
    assert_eq!(sessions.stats().await.unwrap().live, 1);
}

#[tokio::test]
async fn who_may_not_create_tables_can_migrate_where_they_are() {
    let url = database(shared().await).await;
    builder(&url).build().unwrap().migrate().await.unwrap();
    let url = without_rights_to_create(&url).await;
    let sessions = builder(&url).build().unwrap();
    sessions.migrate().await.unwrap();
    create(&sessions, "a").await;
}
