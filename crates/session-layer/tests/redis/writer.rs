//! A program that keeps changing a session while something happens to its server.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use session_layer::backend::{Backend, Change, RedisBackend, Updated};
use test_servers::until;
use tokio::task::JoinHandle;

use crate::fixture::{draft, key, payload};

/// Changes the session `a`, one change after the other, until it is dropped.
pub(crate) struct Writer {
    task: JoinHandle<()>,
    /// When a change was acknowledged.
    latest: Arc<Mutex<Instant>>,
}

impl Writer {
    pub(crate) async fn start(backend: RedisBackend) -> Self {
        until("the session was there", async || backend.create(&key("a"), &draft("")).await.ok())
            .await
            .unwrap();
        let latest = Arc::new(Mutex::new(Instant::now()));
        let task = tokio::spawn(write(backend, Arc::clone(&latest)));
        let writer = Self { task, latest };
        writer.goes_on_after(Instant::now()).await;
        writer
    }

    /// How long after this moment a change was acknowledged that was asked for after it.
    pub(crate) async fn goes_on_after(&self, moment: Instant) -> Duration {
        let went_on = async || {
            let at = *self.latest.lock().unwrap();
            (at > moment).then(|| at - moment)
        };
        until("changes were acknowledged", went_on).await.unwrap()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn write(backend: RedisBackend, latest: Arc<Mutex<Instant>>) {
    let mut version = 1;
    loop {
        let change = Change { version, payload: payload("again"), lifetime: None };
        match backend.update(&key("a"), &change).await {
            Ok(Updated::Done(done)) => {
                version = done;
                *latest.lock().unwrap() = Instant::now();
            }
            // An error may have been a change.
            Ok(Updated::Conflict(found)) => version = found.record.version,
            Ok(Updated::Missing(missing)) => panic!("{missing:?}"),
            Err(_) => tokio::task::yield_now().await,
        }
    }
}
