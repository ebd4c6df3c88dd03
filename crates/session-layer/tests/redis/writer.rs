//! A program that keeps changing a session while something happens to its server.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use session_layer::backend::{Backend, Change, Loaded, RedisBackend, Updated};
use test_servers::until;
use tokio::task::JoinHandle;

use crate::fixture::{draft, key, payload};

/// Changes the session `a`, one change after the other, until it is dropped.
pub(crate) struct Writer {
    task: JoinHandle<()>,
    progress: Arc<Mutex<Progress>>,
}

struct Progress {
    /// The latest version of which it was told that it is there.
    acknowledged: u64,
    at: Instant,
    failed: u32,
}

impl Writer {
    pub(crate) async fn start(backend: RedisBackend) -> Self {
        until("the session was there", async || backend.create(&key("a"), &draft("")).await.ok())
            .await
            .unwrap();
        let progress =
            Arc::new(Mutex::new(Progress { acknowledged: 1, at: Instant::now(), failed: 0 }));
        let task = tokio::spawn(write(backend, Arc::clone(&progress)));
        let writer = Self { task, progress };
        writer.goes_on_after(Instant::now()).await;
        writer
    }

    /// How long after this moment a change was acknowledged that was asked for after it.
    pub(crate) async fn goes_on_after(&self, moment: Instant) -> Duration {
        let went_on = async || {
            let at = self.progress.lock().unwrap().at;
            (at > moment).then(|| at - moment)
        };
        until("changes were acknowledged", went_on).await.unwrap()
    }

    /// How many changes have failed.
    pub(crate) fn failed(&self) -> u32 {
        self.progress.lock().unwrap().failed
    }

    /// Every change that was acknowledged is there.
    pub(crate) async fn has_lost_nothing(self, backend: &RedisBackend) {
        self.task.abort();
        let acknowledged = self.progress.lock().unwrap().acknowledged;
        match backend.load(&key("a")).await.unwrap() {
            Loaded::Found(found) => assert!(
                found.record.version >= acknowledged,
                "version {acknowledged} was acknowledged, and {} is there",
                found.record.version
            ),
            Loaded::Missing(missing) => panic!("{missing:?}"),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn write(backend: RedisBackend, progress: Arc<Mutex<Progress>>) {
    let mut version = 1;
    loop {
        let change = Change { version, payload: payload("again"), lifetime: None };
        match backend.update(&key("a"), &change).await {
            Ok(Updated::Done(done)) => {
                version = done;
                let mut progress = progress.lock().unwrap();
                (progress.acknowledged, progress.at) = (done, Instant::now());
            }
            // An error may have been a change.
            Ok(Updated::Conflict(found)) => version = found.record.version,
            Ok(Updated::Missing(missing)) => panic!("{missing:?}"),
            Err(_) => {
                progress.lock().unwrap().failed += 1;
                tokio::task::yield_now().await;
            }
        }
    }
}
