use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::{BackendError, BackendErrorKind, Stats};

/// How a [`Backend`](super::Backend) is at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// What that means for sessions.
    pub status: HealthStatus,
    /// Each store that it has.
    pub stores: Vec<StoreHealth>,
    /// The backend's figures, if it was asked for them to know how it is: nobody has to ask again.
    /// No part of what `/ready` answers.
    #[serde(skip)]
    pub stats: Option<Stats>,
}

/// Whether something can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// All is as it should be.
    Up,
    /// Sessions are there, and the next fault may be one too many.
    Degraded,
    /// Sessions can't be had.
    Down,
}

/// How one store is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StoreHealth {
    /// The [name](super::Backend::name) of its backend.
    pub store: &'static str,
    /// What it is to a [`Failover`](crate::wrap::Failover): `primary` or `backup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// Whether it answers.
    pub status: HealthStatus,
    /// The kind of fault, if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    /// Whether it is asked, where another one takes its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaker: Option<Breaker>,
    /// How many replicas have the latest write, where a write waits for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication: Option<ReplicationLevel>,
    /// How many milliseconds the oldest change has been on its way from this process to the backup
    /// of a [`Failover`](crate::wrap::Failover) that may lag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lag_ms: Option<u64>,
    /// How a [`NearCache`](crate::wrap::NearCache) over it learns of changes: `told`, `by_age`, or
    /// `lost` while nobody tells it and it keeps nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near_cache: Option<&'static str>,
    /// By how many milliseconds at least its clock is ahead of this process's; behind it, if that is
    /// less than zero. Zero where the answer took longer than they are apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_skew_ms: Option<i64>,
}

/// The state of what keeps requests away from a store that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Breaker {
    /// It is asked.
    Closed,
    /// It is back, and is being given what it has missed.
    HalfOpen,
    /// It is left alone, but for probes.
    Open,
}

/// How many replicas have a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReplicationLevel {
    /// How many are to have it before it is answered.
    pub asked: u32,
    /// How many had the latest one in time; nothing before the first.
    pub reached: Option<u32>,
}

impl Health {
    /// That of a backend that is one store.
    pub fn of(store: StoreHealth) -> Self {
        Self { status: store.status, stores: vec![store], stats: None }
    }

    /// That of a backend that is one store and was asked for its figures at this time, by the clock
    /// of this process.
    pub fn of_stats(
        store: &'static str,
        asked: SystemTime,
        stats: &Result<Stats, BackendError>,
    ) -> Self {
        let health = Self::of(StoreHealth::of_stats(store, asked, stats));
        Self { stats: stats.as_ref().ok().copied(), ..health }
    }

    /// That of one which has not said in time.
    pub(crate) fn late(store: &'static str) -> Self {
        Self::of(StoreHealth::of::<()>(store, &Err(BackendError::new(BackendErrorKind::Timeout))))
    }

    /// That of a backend of many stores.
    pub(crate) fn of_stores(
        status: HealthStatus,
        stores: Vec<StoreHealth>,
        stats: Option<Stats>,
    ) -> Self {
        Self { status, stores, stats }
    }

    /// With what became of its latest write.
    #[cfg(feature = "redis")]
    pub(crate) fn replicated(mut self, level: ReplicationLevel) -> Self {
        let is_short = level.reached.is_some_and(|reached| reached < level.asked);
        let least = if is_short { HealthStatus::Degraded } else { HealthStatus::Up };
        self.status = self.status.max(least);
        for store in &mut self.stores {
            (store.status, store.replication) = (store.status.max(least), Some(level));
        }
        self
    }
}

impl StoreHealth {
    /// That of a store that was asked something, and how it was answered.
    pub fn of<T>(store: &'static str, answer: &Result<T, BackendError>) -> Self {
        let error = answer.as_ref().err().map(BackendError::kind);
        let status = if error.is_none() { HealthStatus::Up } else { HealthStatus::Down };
        Self {
            store,
            role: None,
            status,
            error: error.map(BackendErrorKind::as_str),
            breaker: None,
            replication: None,
            lag_ms: None,
            near_cache: None,
            clock_skew_ms: None,
        }
    }

    /// That of a store that was asked for its figures at this time, by the clock of this process.
    pub fn of_stats(
        store: &'static str,
        asked: SystemTime,
        stats: &Result<Stats, BackendError>,
    ) -> Self {
        let clock = stats.as_ref().ok().and_then(|stats| stats.now);
        let clock_skew_ms = clock.map(|clock| skew(clock, asked, SystemTime::now()));
        Self { clock_skew_ms, ..Self::of(store, stats) }
    }

    /// That of one that is left alone.
    pub(crate) fn down(store: &'static str) -> Self {
        let unasked = BackendError::new(BackendErrorKind::Unavailable);
        Self { error: None, ..Self::of::<()>(store, &Err(unasked)) }
    }
}

/// By how many milliseconds a clock is ahead that was read between these two times.
fn skew(clock: SystemTime, asked: SystemTime, answered: SystemTime) -> i64 {
    let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    match (clock.duration_since(answered), asked.duration_since(clock)) {
        (Ok(ahead), _) => millis(ahead),
        (_, Ok(behind)) => millis(behind).saturating_neg(),
        _ => 0,
    }
}

#[cfg(feature = "redis")]
impl ReplicationLevel {
    pub(crate) fn new(asked: u32, reached: Option<u32>) -> Self {
        Self { asked, reached }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: SystemTime = SystemTime::UNIX_EPOCH;

    fn at(millis: u64) -> SystemTime {
        ASKED + Duration::from_millis(millis)
    }

    #[test]
    fn a_clock_that_was_read_between_question_and_answer_is_right() {
        assert_eq!(skew(at(3), ASKED, at(5)), 0);
        assert_eq!(skew(ASKED, ASKED, at(5)), 0);
        assert_eq!(skew(at(5), ASKED, at(5)), 0);
    }

    #[test]
    fn a_clock_that_is_apart_is_so_by_what_the_answer_can_not_explain() {
        assert_eq!(skew(at(2_005), ASKED, at(5)), 2_000, "ahead");
        assert_eq!(skew(ASKED, at(2_000), at(2_005)), -2_000, "behind");
    }

    #[test]
    fn a_store_without_a_clock_of_its_own_has_no_skew() {
        let health = StoreHealth::of_stats("memory", ASKED, &Ok(Stats::of_live(1)));
        assert_eq!(health.clock_skew_ms, None);
        let health =
            StoreHealth::of_stats("redis", SystemTime::now(), &Ok(Stats::of_live(1).at(ASKED)));
        assert!(health.clock_skew_ms.is_some_and(|skew| skew < -1_000_000), "{health:?}");
    }
}
