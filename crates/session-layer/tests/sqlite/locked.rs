//! Other programs that have the file.

use std::time::Duration;

use session_layer::backend::BackendErrorKind::Timeout;
use session_layer::backend::{Backend, SqliteBackend};

use crate::sample::{Folder, change, created, fault, found, key, untouched, updated};

/// Short to wait for, and long enough for a busy machine.
const SHORT: Duration = Duration::from_secs(2);

#[tokio::test]
async fn while_another_program_writes_changes_time_out_and_reads_go_on() {
    let folder = Folder::new();
    let backend = SqliteBackend::builder(folder.path()).timeout(SHORT).open().await.unwrap();
    created(&backend, "a").await;
    let other = folder.connect();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (kind, cause) = fault(backend.update(&key("a"), &change(1, b"new")).await);
    assert_eq!(kind, Timeout, "{cause}");
    untouched(&found(&backend, "a").await, "a");
    other.execute_batch("ROLLBACK").unwrap();
    updated(&backend, "a", 1).await;
}

#[tokio::test]
async fn a_change_waits_for_another_program_that_is_done_in_time() {
    let folder = Folder::new();
    let backend = folder.open().await;
    created(&backend, "a").await;
    let other = folder.connect();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (key, change) = (key("a"), change(1, b"new"));
    let update = backend.update(&key, &change);
    let release = async { other.execute_batch("COMMIT").unwrap() };
    let (updated, ()) = tokio::join!(update, release);
    updated.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_another_program_has_for_itself_times_out() {
    let folder = Folder::new();
    let other = folder.connect();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
    let (kind, cause) = fault(SqliteBackend::builder(folder.path()).timeout(SHORT).open().await);
    assert_eq!(kind, Timeout, "{cause}");
}

#[tokio::test]
async fn a_program_that_reads_for_long_holds_nobody_up() {
    let folder = Folder::new();
    let backend = folder.open().await;
    created(&backend, "a").await;
    let other = folder.connect();
    other.execute_batch("BEGIN; SELECT * FROM session").unwrap();
    for version in 1..50 {
        updated(&backend, "a", version).await;
    }
    assert_eq!(found(&backend, "a").await.record.version, 50);
}
