use std::sync::Arc;

use super::samples::{add, create, found};
use crate::engine::{database, sessions, shared};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_changes_at_once_are_all_kept() {
    let sessions = Arc::new(sessions(&database(shared().await).await).await);
    create(&*sessions, "").await;
    let clients = (0..200).map(|byte| {
        let sessions = sessions.clone();
        tokio::spawn(async move { add(&*sessions, "", byte).await.unwrap() })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    let record = found(&*sessions, "").await.record;
    let mut content = record.payload.as_bytes().to_vec();
    content.sort_unstable();
    assert_eq!(content, (0..200).collect::<Vec<_>>());
    assert_eq!(record.version, 201);
}
