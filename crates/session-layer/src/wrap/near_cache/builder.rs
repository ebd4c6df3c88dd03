use std::fmt;
use std::time::Duration;

use auth_core::{Clock, SharedClock};

use super::NearCache;
use crate::backend::Backend;
#[cfg(feature = "redis")]
use crate::backend::redis::Tracker;
use crate::{ConfigError, ConfigErrorKind};

/// Configures a [`NearCache`], from [`NearCache::builder`] or `NearCache::redis`.
#[must_use]
pub struct NearCacheBuilder<B> {
    pub(super) backend: B,
    #[cfg(feature = "redis")]
    pub(super) tracker: Option<Tracker>,
    /// It was asked for, and there is none.
    #[cfg(feature = "redis")]
    is_untold: bool,
    pub(super) max_age: Duration,
    pub(super) capacity: usize,
    pub(super) clock: SharedClock,
}

/// Where nobody tells of changes.
const MAX_AGE: Duration = Duration::from_secs(1);
#[cfg(feature = "redis")]
const MAX_AGE_TOLD: Duration = Duration::from_secs(2);
const CAPACITY: usize = 64 << 20;

impl<B: Backend> NearCacheBuilder<B> {
    pub(super) fn over(backend: B) -> Self {
        Self {
            backend,
            #[cfg(feature = "redis")]
            tracker: None,
            #[cfg(feature = "redis")]
            is_untold: false,
            max_age: MAX_AGE,
            capacity: CAPACITY,
            clock: SharedClock::default(),
        }
    }

    #[cfg(feature = "redis")]
    pub(super) fn told_by(self, tracker: Option<Tracker>) -> Self {
        Self { is_untold: tracker.is_none(), tracker, max_age: MAX_AGE_TOLD, ..self }
    }

    /// How old what is read from memory may be, whatever happens; from 1 ms to a minute. It is 2 s
    /// by default where the store tells of changes, and only bounds what happens when it can't; and
    /// 1 s where it doesn't, where it is how long a logout on another instance may go unnoticed.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// How many bytes the sessions in memory may take, 64 MiB by default, at least 1 MiB. A session
    /// counts as some 600 bytes and four times its payload, because the fields that were read from
    /// that are kept too. Those that were read first leave first. More where more sessions than
    /// that are used within the age.
    pub fn capacity(mut self, bytes: usize) -> Self {
        self.capacity = bytes;
        self
    }

    /// What tells whether a session has expired, the system's clock by default. For tests: the
    /// store has a clock of its own, and the last word.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = SharedClock::new(clock);
        self
    }

    /// Checks it all. A connection for the store's messages is made when a session is first loaded,
    /// on the runtime of that moment, which has to outlive the cache.
    ///
    /// # Errors
    /// The age is nothing or more than a minute, or the capacity is less than 1 MiB, or it was to be
    /// told of changes by a Redis cluster.
    pub fn build(self) -> Result<NearCache<B>, ConfigError> {
        #[cfg(feature = "redis")]
        if self.is_untold {
            let message = "NearCache::redis(..) needs a Redis that tells of all changes, which no \
                           node of a cluster does: use NearCache::builder(..) with a short max_age";
            return Err(ConfigError::new(ConfigErrorKind::UselessSetting, message));
        }
        let possible = Duration::from_millis(1)..=Duration::from_secs(60);
        if !possible.contains(&self.max_age) {
            let message = "max_age must be from 1 ms to a minute; leave it out for 1 or 2 s";
            return Err(ConfigError::new(ConfigErrorKind::InvalidBound, message));
        }
        if self.capacity < 1 << 20 {
            let message = "capacity must be at least 1 MiB (1 << 20); leave it out for 64 MiB";
            return Err(ConfigError::new(ConfigErrorKind::NoCapacity, message));
        }
        Ok(NearCache::new(self))
    }
}

/// Without the login of a store.
impl<B: fmt::Debug> fmt::Debug for NearCacheBuilder<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NearCacheBuilder")
            .field("backend", &self.backend)
            .field("max_age", &self.max_age)
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::MemoryBackend;

    #[track_caller]
    fn check(
        configure: impl FnOnce(NearCacheBuilder<MemoryBackend>) -> NearCacheBuilder<MemoryBackend>,
        expected: ConfigErrorKind,
    ) {
        let builder = configure(NearCache::builder(MemoryBackend::new()));
        assert_eq!(builder.build().unwrap_err().kind(), expected);
    }

    #[test]
    fn an_age_of_nothing_or_of_more_than_a_minute_is_refused() {
        check(|builder| builder.max_age(Duration::ZERO), ConfigErrorKind::InvalidBound);
        check(|builder| builder.max_age(Duration::from_secs(61)), ConfigErrorKind::InvalidBound);
    }

    #[test]
    fn room_for_hardly_any_session_is_refused() {
        check(|builder| builder.capacity((1 << 20) - 1), ConfigErrorKind::NoCapacity);
    }
}
