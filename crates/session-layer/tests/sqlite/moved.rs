//! A file that goes while it is open.

use std::fs;

use session_layer::backend::Backend;
use session_layer::backend::BackendErrorKind::Unavailable;

use crate::sample::{Folder, created, draft, fault, found, key, untouched};

/// Neither reads nor writes go on.
async fn check_unavailable(backend: &dyn Backend) {
    let (kind, cause) = fault(backend.load(&key("a")).await);
    assert_eq!(kind, Unavailable, "load: {cause}");
    let (kind, cause) = fault(backend.create(&key("b"), &draft(b"b")).await);
    assert_eq!(kind, Unavailable, "create: {cause}");
    let (kind, cause) = fault(backend.stats().await);
    assert_eq!(kind, Unavailable, "stats: {cause}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_was_moved_is_unavailable_until_it_is_back() {
    let folder = Folder::new();
    let elsewhere = folder.path().with_extension("moved");
    let backend = folder.open().await;
    created(&backend, "a").await;
    fs::rename(folder.path(), &elsewhere).unwrap();
    check_unavailable(&backend).await;
    fs::rename(&elsewhere, folder.path()).unwrap();
    untouched(&found(&backend, "a").await, "a");
    created(&backend, "b").await;
}

#[tokio::test]
async fn a_file_that_was_replaced_is_unavailable() {
    let folder = Folder::new();
    let backend = folder.open().await;
    created(&backend, "a").await;
    let other = Folder::new();
    other.close(other.open().await).await;
    fs::copy(other.path(), folder.path().with_extension("new")).unwrap();
    fs::rename(folder.path().with_extension("new"), folder.path()).unwrap();
    check_unavailable(&backend).await;
}
