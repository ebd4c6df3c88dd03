use std::sync::Arc;
use std::time::Duration;

use session_layer::backend::{Backend, Loaded};
use tokio::time::timeout;

use super::samples::{create, key, only_one};
use crate::engine::{database, sessions, shared};

/// Requests whose client is gone are dropped wherever they are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_caller_broke_off_gives_nobody_another_ones_answer() {
    let url = database(shared().await).await;
    let sessions = Arc::new(sessions(&url).await);
    for n in 0..10 {
        create(&*sessions, &n.to_string()).await;
    }
    let clients = (0..4).map(|client| {
        let sessions = sessions.clone();
        tokio::spawn(async move {
            for n in 0..100 {
                let name = ((client + n) % 10).to_string();
                let patience = Duration::from_micros(fastrand::u64(0..2_000));
                let Ok(loaded) = timeout(patience, sessions.load(&key(&name))).await else {
                    continue;
                };
                let Loaded::Found(found) = loaded.unwrap() else { panic!("{name} is live") };
                assert_eq!(found.record.payload.as_bytes(), name.as_bytes());
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
}

#[tokio::test]
async fn a_login_that_its_caller_broke_off_holds_nobody_up() {
    let url = database(shared().await).await;
    let sessions = sessions(&url).await;
    for n in 0..30 {
        let patience = Duration::from_micros(fastrand::u64(0..5_000));
        let _ = timeout(patience, sessions.create(&key(&n.to_string()), &only_one(""))).await;
    }
    sessions.create(&key("last"), &only_one("")).await.unwrap();
}
