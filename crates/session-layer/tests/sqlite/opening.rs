//! Which files it opens, and which it leaves alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use session_layer::backend::BackendErrorKind::Refused;
use session_layer::backend::{Backend, SqliteBackend};

use crate::sample::{Folder, created, fault, found, untouched};

#[tokio::test]
async fn what_was_written_is_there_when_it_is_opened_again() {
    let folder = Folder::new();
    let backend = folder.open().await;
    created(&backend, "a").await;
    folder.close(backend).await;
    let backend = folder.open().await;
    untouched(&found(&backend, "a").await, "a");
    assert_eq!(backend.stats().await.unwrap().live, 1);
}

#[tokio::test]
async fn its_files_are_their_owners_alone() {
    let folder = Folder::new();
    let backend = folder.open().await;
    created(&backend, "a").await;
    for ending in ["", "-wal", "-shm", "-turn"] {
        let path = format!("{}{ending}", folder.path().display());
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
}

/// A file with this content is refused, with this advice, and not changed.
async fn check_refused(folder: &Folder, advice: &str) {
    let before = fs::read(folder.path()).unwrap();
    let (kind, cause) = fault(SqliteBackend::open(folder.path()).await);
    assert_eq!(kind, Refused, "{cause}");
    assert!(cause.contains(advice), "{cause}");
    assert_eq!(fs::read(folder.path()).unwrap(), before, "it was changed");
}

#[tokio::test]
async fn a_database_of_another_program_is_left_alone() {
    let folder = Folder::new();
    folder.connect().execute_batch("CREATE TABLE orders (id INTEGER)").unwrap();
    check_refused(&folder, "give the sessions a file of their own").await;
}

#[tokio::test]
async fn a_database_that_another_program_has_marked_is_left_alone() {
    let folder = Folder::new();
    folder.connect().execute_batch("PRAGMA application_id = 7").unwrap();
    check_refused(&folder, "give the sessions a file of their own").await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let folder = Folder::new();
    fs::write(folder.path(), "these are some notes of mine, and they matter to me\n".repeat(100))
        .unwrap();
    check_refused(&folder, "no SQLite database").await;
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    let folder = Folder::new();
    folder.close(folder.open().await).await;
    folder.connect().execute_batch("PRAGMA user_version = 99").unwrap();
    check_refused(&folder, "which a newer program has made").await;
}

#[tokio::test]
async fn an_empty_file_is_a_new_one() {
    let folder = Folder::new();
    fs::write(folder.path(), "").unwrap();
    let backend = folder.open().await;
    created(&backend, "a").await;
}

#[tokio::test]
async fn what_can_not_be_a_file_is_refused() {
    let folder = Folder::new();
    fs::write(folder.path(), "").unwrap();
    let paths = [
        folder.path().join("sessions.db"),
        folder.path().parent().unwrap().to_owned(),
        folder.path().parent().unwrap().join("no-such-folder/sessions.db"),
        // Where not even root may make a file.
        Path::new("/sys/kernel/sessions.db").to_owned(),
    ];
    for path in paths {
        let (kind, cause) = fault(SqliteBackend::open(&path).await);
        assert_eq!(kind, Refused, "{}: {cause}", path.display());
    }
}

#[tokio::test]
async fn a_timeout_of_zero_is_refused() {
    let folder = Folder::new();
    let builder = SqliteBackend::builder(folder.path()).timeout(Duration::ZERO);
    let (kind, cause) = fault(builder.open().await);
    assert_eq!((kind, cause.contains("zero")), (Refused, true), "{cause}");
}

#[tokio::test]
async fn processes_that_open_a_new_file_at_the_same_time_have_one_file() {
    let folder = Folder::new();
    let opening = (0..8).map(|_| tokio::spawn(SqliteBackend::open(folder.path())));
    let opening: Vec<_> = opening.collect();
    for (n, handle) in opening.into_iter().enumerate() {
        created(&handle.await.unwrap().unwrap(), &n.to_string()).await;
    }
    assert_eq!(folder.open().await.stats().await.unwrap().live, 8);
}
