use std::sync::Arc;
use std::time::Duration;

use auth_core::Clock;
use aws_lc_rs::rand;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

use super::discovery::Location;
use super::failure::Failure;
use super::fetch::{Answer, Fetcher};
use super::holdings::{Bounds, Holdings};
use super::schedule::Schedule;
use super::shared::Shared;
use crate::keys::{JwkOrigin, LeftOut, read_set};

/// The background task: the only one that fetches, so that no two fetches run at the same time.
pub(super) struct Worker {
    shared: Arc<Shared>,
    fetcher: Fetcher,
    location: Location,
    limits: Limits,
    holdings: Holdings,
    left_out: Vec<LeftOut>,
    failures: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) schedule: Schedule,
    pub(super) timeout: Duration,
    pub(super) bounds: Bounds,
}

/// A request that waits for newer keys. Dropping it is the answer.
pub(super) type Demand = oneshot::Sender<()>;

enum Wake {
    Due,
    Asked(Demand),
    End,
}

/// What a good answer led to.
struct Progress {
    max_age: Option<Duration>,
    keys_changed: bool,
}

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        fetcher: Fetcher,
        location: Location,
        limits: Limits,
    ) -> Self {
        let (holdings, left_out) = (Holdings::default(), Vec::new());
        Self { shared, fetcher, location, limits, holdings, left_out, failures: 0 }
    }

    pub(super) async fn run(mut self, mut demands: mpsc::Receiver<Demand>) {
        let mut waiting = None;
        loop {
            let outcome = self.refresh().await;
            drop(waiting.take());
            if matches!(&outcome, Ok(Progress { keys_changed: true, .. })) {
                // Who has asked in the meantime wanted just that.
                drop(demands.try_recv());
            }
            let due = Instant::now() + self.settle(outcome);
            waiting = match wake(due, &mut demands).await {
                Wake::Due => None,
                Wake::Asked(demand) => Some(demand),
                Wake::End => return,
            };
        }
    }

    async fn refresh(&mut self) -> Result<Progress, Failure> {
        let answer = timeout(self.limits.timeout, self.fetch()).await;
        self.take(answer.unwrap_or(Err(Failure::Timeout))?)
    }

    async fn fetch(&mut self) -> Result<Answer, Failure> {
        let endpoint = self.location.find(&self.fetcher).await?;
        self.fetcher.get(&endpoint).await
    }

    fn take(&mut self, answer: Answer) -> Result<Progress, Failure> {
        let bounds = self.limits.bounds;
        let now = self.shared.clock.now();
        let reading = read_set(&answer.body, JwkOrigin::Remote, bounds.max_keys);
        let reading = reading.map_err(Failure::Set)?;
        self.log(&reading.left_out);
        let after = self.holdings.after(&reading, bounds, now).ok_or(Failure::NoUsableKey)?;
        let keys_changed = !after.is_same(&self.holdings);
        self.shared.set.install(&after.keys());
        self.shared.extend(now, bounds.stale_for);
        self.holdings = after;
        Ok(Progress { max_age: answer.max_age, keys_changed })
    }

    /// Logs what is left out, once for as long as it stays the same.
    fn log(&mut self, left_out: &[LeftOut]) {
        if self.left_out != left_out {
            left_out.iter().for_each(LeftOut::log);
            self.left_out = left_out.to_vec();
        }
    }

    /// Closes a refresh; returns how long to wait for the next.
    fn settle(&mut self, outcome: Result<Progress, Failure>) -> Duration {
        let from = &self.shared.from;
        match outcome {
            Ok(progress) => {
                self.failures = 0;
                let keys = self.shared.set.load().len();
                tracing::info!(%from, keys, changed = progress.keys_changed, "keys were fetched");
                #[cfg(feature = "metrics")]
                crate::metrics::remote::fetched(from, keys, self.shared.clock.now());
                self.limits.schedule.after_success(progress.max_age, chance())
            }
            Err(reason) => {
                self.failures = self.failures.saturating_add(1);
                self.location.forget();
                tracing::warn!(%from, %reason, failures = self.failures, "keys were not fetched");
                #[cfg(feature = "metrics")]
                crate::metrics::remote::not_fetched(from, reason.as_str());
                self.limits.schedule.after_failure(self.failures, chance())
            }
        }
    }
}

async fn wake(due: Instant, demands: &mut mpsc::Receiver<Demand>) -> Wake {
    match timeout_at(due, demands.recv()).await {
        Ok(Some(demand)) => Wake::Asked(demand),
        Ok(None) => Wake::End,
        Err(_) => Wake::Due,
    }
}

fn chance() -> u8 {
    let mut byte = [0];
    // Without randomness the instances ask in step, which is no reason to stop asking.
    let _ = rand::fill(&mut byte);
    let [byte] = byte;
    byte
}
