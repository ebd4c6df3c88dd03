use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use auth_core::SharedClock;
use tokio::sync::watch;

use super::endpoint::Endpoint;
use crate::keys::KeySet;

/// What the background task writes and requests read.
pub(super) struct Shared {
    /// The URL that the user gave.
    pub(super) from: Endpoint,
    pub(super) set: KeySet,
    pub(super) clock: SharedClock,
    /// Changes with every good answer.
    pub(super) answers: watch::Sender<()>,
    /// In milliseconds since 1970; 0 is never.
    usable_until: AtomicU64,
}

impl Shared {
    pub(super) fn new(from: Endpoint, clock: SharedClock) -> Self {
        let answers = watch::Sender::new(());
        Self { from, set: KeySet::empty(), clock, answers, usable_until: AtomicU64::new(0) }
    }

    pub(super) fn is_usable(&self, now: SystemTime) -> bool {
        millis(now) < self.usable_until.load(Ordering::Acquire)
    }

    /// Says that the keys in the set may be used for this long from now on.
    pub(super) fn extend(&self, now: SystemTime, stale_for: Duration) {
        let until = now.checked_add(stale_for).map_or(u64::MAX, millis);
        self.usable_until.store(until, Ordering::Release);
        self.answers.send_replace(());
    }
}

fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
