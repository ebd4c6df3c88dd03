//! Files and rows that are not as they were.

use std::fs;

use session_layer::backend::BackendErrorKind::{Corrupt, Refused};
use session_layer::backend::{Backend, SqliteBackend};

use crate::sample::{Folder, created, draft, fault, found, key, login, untouched, user};

/// What another program does to the file while it is open.
async fn after(folder: &Folder, sql: &str) -> SqliteBackend {
    let backend = folder.open().await;
    created(&backend, "a").await;
    created(&backend, "b").await;
    folder.connect().execute_batch(sql).unwrap();
    backend
}

#[tokio::test]
async fn without_its_table_every_verb_is_refused() {
    let folder = Folder::new();
    let backend = after(&folder, "DROP TABLE session").await;
    assert_eq!(fault(backend.load(&key("a")).await).0, Refused);
    assert_eq!(fault(backend.touch(&key("a")).await).0, Refused);
    assert_eq!(fault(backend.create(&key("c"), &draft(b"c")).await).0, Refused);
    assert_eq!(fault(backend.of_user(&user("alice")).await).0, Refused);
    assert_eq!(fault(backend.sweep(10).await).0, Refused);
}

#[tokio::test]
async fn without_the_table_of_tombstones_no_session_is_ended_or_lost() {
    let folder = Folder::new();
    let backend = after(&folder, "DROP TABLE former").await;
    let (kind, cause) = fault(backend.delete(&key("a")).await);
    assert_eq!((kind, cause.as_str()), (Refused, "no such table: former"));
    untouched(&found(&backend, "a").await, "a");
    assert_eq!(backend.stats().await.unwrap().live, 2);
}

#[tokio::test]
async fn a_change_that_fails_takes_none_along() {
    let folder = Folder::new();
    let backend = after(&folder, "DROP TABLE former").await;
    let (a, b) = (key("a"), key("b"));
    let (touched, deleted, also_touched) =
        tokio::join!(backend.touch(&a), backend.delete(&a), backend.touch(&b));
    assert!(touched.unwrap() && also_touched.unwrap());
    assert_eq!(fault(deleted).0, Refused);
}

#[tokio::test]
async fn a_row_that_is_none_of_ours_is_corrupt_and_harms_no_other() {
    for change in ["version = -1", "user = ''", "created = -1", "idle = -1", "key = x'00'"] {
        let folder = Folder::new();
        let sql = format!("UPDATE session SET {change} WHERE payload = CAST('a' AS BLOB)");
        let backend = after(&folder, &sql).await;
        if change.starts_with("key") {
            // It is nobody's any more.
            assert!(!backend.touch(&key("a")).await.unwrap());
        } else {
            assert_eq!(fault(backend.load(&key("a")).await).0, Corrupt, "{change}");
            assert_eq!(fault(backend.delete(&key("a")).await).0, Corrupt, "{change}");
        }
        untouched(&found(&backend, "b").await, "b");
        created(&backend, "c").await;
    }
}

#[tokio::test]
async fn a_list_with_a_row_that_is_none_of_ours_is_corrupt() {
    let folder = Folder::new();
    let backend = folder.open().await;
    backend.create(&key("a"), &login(9)).await.unwrap();
    folder.connect().execute_batch("UPDATE session SET version = -1").unwrap();
    assert_eq!(fault(backend.of_user(&user("alice")).await).0, Corrupt);
}

/// A closed file of many sessions.
async fn filled(folder: &Folder) -> Vec<u8> {
    let backend = folder.open().await;
    for n in 0..200 {
        let draft = draft(&[b'x'; 500]);
        backend.create(&key(&n.to_string()), &draft).await.unwrap();
    }
    folder.close(backend).await;
    fs::read(folder.path()).unwrap()
}

/// Every session is as it was or corrupt; how many are corrupt.
async fn check_sessions(folder: &Folder) -> usize {
    let backend = folder.open().await;
    let mut corrupt = 0;
    for n in 0..200 {
        match backend.load(&key(&n.to_string())).await {
            Ok(_) => {
                assert_eq!(found(&backend, &n.to_string()).await.record.payload.len(), 500);
            }
            error => {
                assert_eq!(fault(error).0, Corrupt);
                corrupt += 1;
            }
        }
    }
    corrupt
}

#[tokio::test]
async fn a_damaged_page_is_corrupt_and_harms_no_session_of_another() {
    let folder = Folder::new();
    let mut bytes = filled(&folder).await;
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    fs::write(folder.path(), bytes).unwrap();
    let corrupt = check_sessions(&folder).await;
    assert!((1..100).contains(&corrupt), "{corrupt} of 200 are corrupt");
}

#[tokio::test]
async fn of_a_file_that_was_cut_off_the_rest_is_corrupt() {
    let folder = Folder::new();
    let mut bytes = filled(&folder).await;
    bytes.truncate(bytes.len() / 2 / 4096 * 4096);
    fs::write(folder.path(), bytes).unwrap();
    let opened = SqliteBackend::open(folder.path()).await;
    match opened {
        Ok(_) => assert!(check_sessions(&folder).await > 0),
        error => assert_eq!(fault(error).0, Corrupt),
    }
}
