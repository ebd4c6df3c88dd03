use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use super::fault::unreplicated;
use crate::backend::BackendError;
use crate::{ConfigError, ConfigErrorKind};

/// Whether an answer waits until replicas have what was written, for
/// [`RedisBuilder::replication`](super::RedisBuilder::replication).
///
/// A Redis answers before its replicas have anything, and what they have not got is lost when one
/// of them takes its place: a logout is undone. Waiting (`WAIT`) costs a trip from the master to
/// its replicas. It makes that loss unlikely, not impossible: a replica may be chosen that does not
/// have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replication {
    pub(super) replicas: u32,
    pub(super) timeout: Duration,
    all_writes: bool,
    required: bool,
}

/// How far what was written has got, from
/// [`RedisBackend::replication`](super::RedisBackend::replication).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplicationStatus {
    /// How many replicas are to have a write before it is answered; 0 for none.
    pub asked: u32,
    /// How many had the latest one in time, if there was one that waited.
    pub reached: Option<u32>,
    /// How many times it were fewer than was asked for.
    pub short: u64,
}

impl Replication {
    /// No answer waits for replicas: the default.
    pub fn asynchronous() -> Self {
        Self { replicas: 0, timeout: Duration::ZERO, all_writes: false, required: false }
    }

    /// The answer to a write that must not be undone (an end, a rotation, a user's new session)
    /// waits until so many replicas have it, but no longer than `timeout`: at least 1 ms, and at
    /// most half of the backend's own timeout, or a quarter in a cluster, where a login waits up to
    /// three times. With fewer replicas in time it is an answer
    /// nonetheless, which [`status`](super::RedisBackend::replication) and the log tell.
    pub fn synchronous(replicas: u32, timeout: Duration) -> Self {
        Self { replicas, timeout, all_writes: false, required: false }
    }

    /// Changes and touches wait as well.
    pub fn of_all_writes(mut self) -> Self {
        self.all_writes = true;
        self
    }

    /// Fewer replicas in time are an error,
    /// [`Unreplicated`](crate::backend::BackendErrorKind::Unreplicated); the write stays where it
    /// is.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) fn is_synchronous(&self) -> bool {
        *self != Self::asynchronous()
    }

    /// Whether it is so for a write that may be undone, too.
    pub(super) fn is_for(&self, write: Write) -> bool {
        match write {
            Write::Lasting => true,
            Write::Passing => self.all_writes,
        }
    }

    /// One that waits may have to wait for the one before it; and a verb waits so many times.
    pub(super) fn check(&self, timeout: Duration, times: u32) -> Result<(), ConfigError> {
        let possible = Duration::from_millis(1)..=timeout / (times + 1);
        match self.is_synchronous() && (self.replicas == 0 || !possible.contains(&self.timeout)) {
            false => Ok(()),
            true => Err(ConfigError::new(
                ConfigErrorKind::InvalidBound,
                "replication must wait for at least 1 replica, from 1 ms to half of timeout, or in a \
                 cluster to a quarter of it; leave it out to wait for none",
            )),
        }
    }
}

impl Default for Replication {
    fn default() -> Self {
        Self::asynchronous()
    }
}

/// What a write is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    /// It must not be undone: an end, a rotation, a login.
    Lasting,
    /// It may be.
    Passing,
}

/// What became of waiting.
#[derive(Debug, Default)]
pub(super) struct Levels {
    reached: AtomicU32,
    waited: AtomicBool,
    short: AtomicU64,
}

impl Levels {
    /// Notes how many replicas have what was written; of a long lack, the first time is in the log.
    pub(super) fn note(&self, asked: &Replication, reached: u32) {
        let before = self.reached.swap(reached, Ordering::Relaxed);
        let first = !self.waited.swap(true, Ordering::Relaxed);
        let (enough, was_enough) = (reached >= asked.replicas, first || before >= asked.replicas);
        if !enough {
            self.short.fetch_add(1, Ordering::Relaxed);
        }
        match (enough, was_enough) {
            (false, true) => tracing::warn!(
                asked = asked.replicas,
                reached,
                "too few replicas of Redis have what was written"
            ),
            (true, false) => tracing::info!(reached, "the replicas of Redis are back"),
            _ => {}
        }
    }

    pub(super) fn status(&self, asked: &Replication) -> ReplicationStatus {
        let reached = self.waited.load(Ordering::Relaxed);
        ReplicationStatus {
            asked: asked.replicas,
            reached: reached.then(|| self.reached.load(Ordering::Relaxed)),
            short: self.short.load(Ordering::Relaxed),
        }
    }
}

impl Replication {
    /// An error if it has to be one.
    pub(super) fn judge(&self, reached: u32) -> Result<(), BackendError> {
        match self.required && reached < self.replicas {
            true => Err(unreplicated(self.replicas, reached)),
            false => Ok(()),
        }
    }
}
