use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use session_layer::backend::{
    Backend, BackendError, BackendErrorKind, Cap, CapPolicy, Change, Created, Draft, Found,
    Lifetime, Loaded, Payload, SessionKey, SqliteBackend, Updated, UserId,
};
use tempfile::TempDir;
use test_servers::until;

/// A folder for one file.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// In memory, where the system has files in memory: no test fails the power, and none should
    /// wait for a disk that others keep busy.
    pub(crate) fn new() -> Self {
        let in_memory = tempfile::tempdir_in("/dev/shm");
        Self(in_memory.or_else(|_| tempfile::tempdir()).unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("sessions.db")
    }

    pub(crate) async fn open(&self) -> SqliteBackend {
        SqliteBackend::open(self.path()).await.unwrap()
    }

    /// Drops the last handle, and waits until its threads have closed the file, which is when the
    /// log is gone.
    pub(crate) async fn close(&self, backend: SqliteBackend) {
        drop(backend);
        let log = format!("{}-wal", self.path().display());
        let gone = async || (!Path::new(&log).exists()).then_some(());
        until("the file was closed", gone).await.unwrap();
    }

    /// As another program opens it.
    pub(crate) fn connect(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

pub(crate) fn key(name: &str) -> SessionKey {
    SessionKey::of_id(name)
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub(crate) fn draft(content: &[u8]) -> Draft {
    let hour = Duration::from_secs(3600);
    let payload = Payload::from_bytes(content.to_vec());
    Draft { payload, user: None, lifetime: Lifetime { idle: hour, absolute: 10 * hour }, cap: None }
}

/// A login of alice, who may have so many sessions.
pub(crate) fn login(sessions: u32) -> Draft {
    let cap =
        NonZeroU32::new(sessions).map(|sessions| Cap { sessions, policy: CapPolicy::EndOldest });
    Draft { user: Some(user("alice")), cap, ..draft(b"in") }
}

pub(crate) fn change(version: u64, content: &[u8]) -> Change {
    Change { version, payload: Payload::from_bytes(content.to_vec()), lifetime: None }
}

pub(crate) async fn created(backend: &dyn Backend, name: &str) {
    let created = backend.create(&key(name), &draft(name.as_bytes())).await.unwrap();
    assert_eq!(created, Created::Done { ended: Vec::new() });
}

pub(crate) async fn found(backend: &dyn Backend, name: &str) -> Found {
    match backend.load(&key(name)).await.unwrap() {
        Loaded::Found(found) => found,
        missing => panic!("{name}: {missing:?}"),
    }
}

/// The session that [`created`] has made is as it was.
#[track_caller]
pub(crate) fn untouched(found: &Found, name: &str) {
    assert_eq!(found.record.payload.as_bytes(), name.as_bytes());
    assert_eq!(found.record.version, 1);
}

pub(crate) async fn updated(backend: &dyn Backend, name: &str, version: u64) {
    let updated = backend.update(&key(name), &change(version, b"new")).await.unwrap();
    assert_eq!(updated, Updated::Done(version + 1));
}

/// The kind of fault, and what its cause says.
#[track_caller]
pub(crate) fn fault<T: std::fmt::Debug>(
    result: Result<T, BackendError>,
) -> (BackendErrorKind, String) {
    let error = result.expect_err("this should have failed");
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    (error.kind(), cause.unwrap_or_default())
}
