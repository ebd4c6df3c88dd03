use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use auth_core::ManualClock;
use session_layer::backend::{Backend, SqliteBackend};
use session_layer::conformance::Subject;

use crate::sample::Folder;

/// A file in a folder of its own, open once or more often, as by so many processes.
pub(crate) struct File {
    handles: Vec<SqliteBackend>,
    turn: AtomicUsize,
    clock: ManualClock,
    _folder: Folder,
}

impl File {
    pub(crate) async fn open(times: usize) -> Self {
        let folder = Folder::new();
        let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        let mut handles = Vec::new();
        for _ in 0..times {
            let builder = SqliteBackend::builder(folder.path()).clock(clock.clone());
            handles.push(builder.open().await.unwrap());
        }
        Self { handles, turn: AtomicUsize::new(0), clock, _folder: folder }
    }
}

/// Every call goes to the next handle.
#[async_trait]
impl Subject for File {
    fn backend(&self) -> &dyn Backend {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        &self.handles[turn % self.handles.len()]
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}
