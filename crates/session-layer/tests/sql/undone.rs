use std::time::Duration;

use session_layer::backend::{Backend, BackendErrorKind, Created};

use super::samples::{change, check, create, found, key, only_one};
use crate::engine::{Held, builder, database, deadlocks, run, sessions, shared};

#[tokio::test]
async fn what_a_deadlock_undid_is_done_again_as_a_whole() {
    let url = database(shared().await).await;
    let sessions = sessions(&url).await;
    sessions.create(&key("first"), &only_one("")).await.unwrap();
    run(&url, &deadlocks(3)).await;
    let created = sessions.create(&key("second"), &only_one("")).await.unwrap();
    assert_eq!(created, Created::Done { ended: vec![key("first")] });
    assert_eq!(sessions.stats().await.unwrap().live, 1);
}

#[tokio::test]
async fn deadlocks_without_an_end_come_to_an_end() {
    let url = database(shared().await).await;
    let sessions = sessions(&url).await;
    sessions.create(&key("first"), &only_one("")).await.unwrap();
    let before = found(&sessions, "first").await;
    run(&url, &deadlocks(u32::MAX)).await;
    let hasty = builder(&url).deadline(Duration::from_millis(500)).build().unwrap();
    check(hasty.create(&key("second"), &only_one("")).await, BackendErrorKind::Timeout);
    assert_eq!(found(&sessions, "first").await, before);
}

#[tokio::test]
async fn a_row_that_somebody_holds_is_a_timeout_until_they_let_go() {
    let url = database(shared().await).await;
    let patient = sessions(&url).await;
    create(&patient, "a").await;
    let hasty = Duration::from_millis(200);
    let sessions = builder(&url).deadline(hasty).build().unwrap();
    let held = Held::row(&url).await;
    check(sessions.update(&key("a"), &change(1, b"")).await, BackendErrorKind::Timeout);
    held.let_go().await;
    // The change was sent, and may be made or not.
    let version = found(&patient, "a").await.record.version;
    assert!(matches!(version, 1 | 2), "it has version {version}");
    assert!(patient.touch(&key("a")).await.unwrap());
}
