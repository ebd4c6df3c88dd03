use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use redis::{RedisError, RedisResult};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::super::fault::kind;
use super::super::link::Link;
use super::history::History;
use super::told::{Told, ask};
use super::{Finder, Shared};
use crate::backend::BackendErrorKind;

/// How often at least.
const SELDOM: Duration = Duration::from_secs(1);

/// Finds out again and again which replicas there are, and how old what they have is.
pub(super) async fn check(shared: Arc<Shared>, finder: Finder) {
    let period = (shared.max_lag / 4).min(SELDOM);
    let (history, is_refused) = (History::default(), false);
    let mut checks = Checks { shared, finder, history, period, is_refused };
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        checks.ask_master().await;
        checks.ask_replicas().await;
    }
}

struct Checks {
    shared: Arc<Shared>,
    finder: Finder,
    history: History,
    period: Duration,
    /// The master tells us nothing, which is in the log once.
    is_refused: bool,
}

impl Checks {
    /// As patiently as verbs are, which have the same connection: it is in doubt when nothing comes.
    async fn ask_master(&mut self) {
        let (asked, master) = (Instant::now(), &self.shared.master);
        let told = told_by(master, master.deadline()).await;
        if let Ok(Some(Told::Master { history, offset, replicas })) = told {
            self.history.note(asked, history, offset, self.shared.max_lag);
            let found = self.finder.find(replicas, master, master.deadline()).await;
            if let Some(places) = found {
                self.shared.learn(places);
            }
            self.is_refused = false;
        } else {
            self.report(told);
        }
    }

    /// Who hangs does not hold up the others.
    async fn ask_replicas(&self) {
        let (replicas, deadline) = (self.shared.known().clone(), Instant::now() + self.period);
        join_all(replicas.iter().map(|replica| replica.check(&self.history, deadline))).await;
    }

    fn report(&mut self, told: RedisResult<Option<Told>>) {
        let is_refusal = |error: &RedisError| kind(error) == BackendErrorKind::Refused;
        if let Err(error) = told
            && is_refusal(&error)
            && !self.is_refused
        {
            self.is_refused = true;
            tracing::warn!(%error, "Redis does not tell of its replicas: none is read");
        }
    }
}

async fn told_by(master: &Link, deadline: Instant) -> RedisResult<Option<Told>> {
    ask(&*master.wire(deadline).await?, deadline).await
}
