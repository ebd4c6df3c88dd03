use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{Clock, SharedClock};
use tower_sessions_core::SessionStore;

use super::TowerBackend;
use super::locks::Locks;
use super::shelf::Shelf;
use crate::{ConfigError, ConfigErrorKind};

/// Configures a [`TowerBackend`], from [`TowerBackend::builder`].
#[must_use]
pub struct TowerBuilder {
    store: Arc<dyn SessionStore>,
    timeout: Duration,
    clock: SharedClock,
}

pub(super) const TIMEOUT: Duration = Duration::from_millis(500);

impl TowerBuilder {
    pub(super) fn new(store: Arc<dyn SessionStore>) -> Self {
        Self { store, timeout: TIMEOUT, clock: SharedClock::default() }
    }

    /// How long any verb may take in all, 500 ms by default, at most a minute: all calls of the
    /// store together, and waiting for others. Longer for a store that is far away, for some verbs
    /// need several calls.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// What tells the time, the system's clock by default. For tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = SharedClock::new(clock);
        self
    }

    /// Checks it all.
    ///
    /// # Errors
    /// The timeout is below 1 ms or above a minute.
    pub fn build(self) -> Result<TowerBackend, ConfigError> {
        check_timeout("timeout", self.timeout)?;
        Ok(self.finish())
    }

    pub(super) fn finish(self) -> TowerBackend {
        let Self { store, timeout, clock } = self;
        let shelf = Shelf { store, clock, locks: Locks::new(), patience: timeout };
        TowerBackend::over(shelf, timeout)
    }
}

pub(super) fn check_timeout(name: &str, time: Duration) -> Result<(), ConfigError> {
    if (Duration::from_millis(1)..=Duration::from_secs(60)).contains(&time) {
        return Ok(());
    }
    let message = format!("{name} must be from 1 ms to a minute; leave it out for the default");
    Err(ConfigError::new(ConfigErrorKind::InvalidBound, message))
}

/// Without the store, whose own text may have all its sessions.
impl fmt::Debug for TowerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerBuilder").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
