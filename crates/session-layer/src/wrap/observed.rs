use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, timeout};

use crate::backend::{
    Backend, BackendError, Change, Created, Draft, Found, Health, Loaded, Record, Renewed, Rotated,
    Rotation, SessionKey, Stats, Swept, Updated, UserId,
};
use crate::metrics::{self, Calls, Loads};

/// A backend whose calls are counted and timed, and whose state is asked for now and then while it
/// is in use. It weakens nothing.
pub(crate) struct Observed {
    backend: Arc<dyn Backend>,
    calls: Calls,
    loads: Loads,
    start: Instant,
    /// When its state is to be asked for, in ms from the start.
    due: AtomicU64,
}

/// How old the figures may be that are asked for.
const PERIOD: Duration = Duration::from_secs(5);
/// How long they are waited for.
const PATIENCE: Duration = Duration::from_secs(5);

impl Observed {
    pub(crate) fn new(backend: Arc<dyn Backend>) -> Self {
        metrics::begin();
        let (calls, loads) = (Calls::of(backend.name()), Loads::default());
        Self { backend, calls, loads, start: Instant::now(), due: AtomicU64::new(0) }
    }

    async fn call<T>(
        &self,
        verb: &'static str,
        call: impl Future<Output = Result<T, BackendError>>,
    ) -> Result<T, BackendError> {
        self.look_if_due();
        self.calls.call(verb, call).await
    }

    /// One of the calls has the state looked at, and waits for nothing.
    fn look_if_due(&self) {
        let (now, due) = (millis(self.start.elapsed()), self.due.load(Ordering::Relaxed));
        let next = now.saturating_add(millis(PERIOD));
        let exchange =
            || self.due.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed);
        if now >= due && exchange().is_ok() {
            tokio::spawn(look(Arc::clone(&self.backend)));
        }
    }
}

async fn look(backend: Arc<dyn Backend>) {
    let both = async { tokio::join!(backend.stats(), backend.health()) };
    match timeout(PATIENCE, both).await {
        Ok((stats, health)) => metrics::state(stats.ok(), &health),
        Err(_) => metrics::state(None, &Health::late(backend.name())),
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[async_trait]
impl Backend for Observed {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.call("load", self.backend.load(key)).await.inspect(|loaded| self.loads.count(loaded))
    }

    async fn load_fresh(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.call("load", self.backend.load_fresh(key))
            .await
            .inspect(|loaded| self.loads.count(loaded))
    }

    async fn load_stale(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.call("load", self.backend.load_stale(key))
            .await
            .inspect(|loaded| self.loads.count(loaded))
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        self.call("renewed", self.backend.renewed(key)).await
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        self.call("create", self.backend.create(key, draft)).await
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        let updated = self.call("update", self.backend.update(key, change)).await?;
        match &updated {
            Updated::Done(_) => {}
            Updated::Conflict(_) => metrics::conflict(),
            Updated::Missing(_) => metrics::resurrection_prevented(),
        }
        Ok(updated)
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        self.call("touch", self.backend.touch(key)).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        let rotated = self.call("rotate", self.backend.rotate(key, rotation)).await?;
        match &rotated {
            Rotated::Conflict(_) => metrics::conflict(),
            Rotated::Missing(_) => metrics::resurrection_prevented(),
            Rotated::Done { .. } | Rotated::Taken | Rotated::Full => {}
        }
        Ok(rotated)
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        let ended = self.call("delete", self.backend.delete(key)).await?;
        ended.iter().for_each(|found| metrics::ended(&found.record));
        Ok(ended)
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        self.call("restore", self.backend.restore(key, record)).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        self.call("of_user", self.backend.of_user(user)).await
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        self.call("sweep", self.backend.sweep(limit)).await.inspect(metrics::swept)
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        self.call("stats", self.backend.stats()).await
    }

    async fn health(&self) -> Health {
        self.backend.health().await
    }

    fn name(&self) -> &'static str {
        self.backend.name()
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.backend.fmt(f)
    }
}
