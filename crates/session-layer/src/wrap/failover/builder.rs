use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand;

use super::Failover;
use super::catch_up::Pace;
use super::pair::Pair;
use super::store::Store;
use crate::backend::{Backend, SessionKey};
use crate::{ConfigError, ConfigErrorKind};

/// Configures a [`Failover`], from [`Failover::builder`].
#[must_use]
pub struct FailoverBuilder {
    primary: Arc<dyn Backend>,
    backup: Arc<dyn Backend>,
    patience: Duration,
    probe_every: Duration,
    max_lag: Option<Duration>,
}

impl FailoverBuilder {
    pub(super) fn new(primary: Arc<dyn Backend>, backup: Arc<dyn Backend>) -> Self {
        let (patience, probe_every) = (Duration::from_millis(500), Duration::from_secs(1));
        Self { primary, backup, patience, probe_every, max_lag: None }
    }

    /// How long a store is waited for, 500 ms by default, at most a minute. The request that finds
    /// a store gone waits up to three times as long, once.
    pub fn patience(mut self, time: Duration) -> Self {
        self.patience = time;
        self
    }

    /// About how often a store that is away is asked whether it is back, every second by default,
    /// at most a minute. The same for all instances: one that has noticed waits for the others.
    pub fn probe_every(mut self, time: Duration) -> Self {
        self.probe_every = time;
        self
    }

    /// Lets the backup lag, by at most so much: a change is acknowledged when the primary has it, and
    /// the backup gets it meanwhile. By default it doesn't lag; at most a minute, and the same for
    /// all instances. Choose this if the backup is far away or slow, and a primary that is lost may
    /// take the latest changes with it: [which ones](Failover#a-backup-that-lags). What is on its way
    /// when an instance ends is to be [flushed](Failover::flush).
    pub fn max_lag(mut self, time: Duration) -> Self {
        self.max_lag = Some(time);
        self
    }

    /// Checks the settings. Stores are asked first by the first verb, on the runtime of that
    /// moment.
    ///
    /// # Errors
    /// A time is zero or longer than a minute, or the system has no randomness.
    pub fn build(self) -> Result<Failover, ConfigError> {
        let bounds = [Some(self.patience), Some(self.probe_every), self.max_lag];
        if bounds.iter().flatten().any(|time| time.is_zero() || *time > Duration::from_secs(60)) {
            let message = "patience, the time between two probes and the lag of a backup are more \
                           than nothing and at most a minute";
            return Err(ConfigError::new(ConfigErrorKind::InvalidBound, message));
        }
        let mut probe = [0; 32];
        let message = "the system has no randomness to name a probe: try again later";
        rand::fill(&mut probe)
            .map_err(|_| ConfigError::new(ConfigErrorKind::NoRandomness, message))?;
        let probe = SessionKey::from_bytes(probe);
        let store = |backend| Store::new(backend, self.patience, probe);
        let pair = Pair::new(store(self.primary), store(self.backup), 10 * self.patience);
        let pair = match self.max_lag {
            Some(max_lag) => pair.lagging(max_lag),
            None => pair,
        };
        let settle = 4 * self.probe_every + 4 * self.patience;
        let pace = Pace { probe: self.probe_every, settle, flight: 2 * self.patience };
        Ok(Failover::new(pair, pace))
    }
}

impl fmt::Debug for FailoverBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailoverBuilder")
            .field("primary", &self.primary)
            .field("backup", &self.backup)
            .field("patience", &self.patience)
            .field("probe_every", &self.probe_every)
            .field("max_lag", &self.max_lag)
            .finish()
    }
}
