use std::sync::atomic::{AtomicU64, Ordering};

use crate::decision::Decision;

/// How many requests of users were decided how, since the layer was built: from
/// [`GuardLayer::counts`](crate::GuardLayer::counts), for a metric of your own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GuardCounts {
    /// They went on.
    pub allowed: u64,
    /// They were challenged.
    pub challenged: u64,
    /// Their session was ended.
    pub ended: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counts {
    allowed: AtomicU64,
    challenged: AtomicU64,
    ended: AtomicU64,
}

impl Counts {
    pub(crate) fn count(&self, decision: Decision) {
        let counter = match decision {
            Decision::Allow => &self.allowed,
            Decision::Challenge => &self.challenged,
            Decision::End { .. } => &self.ended,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> GuardCounts {
        GuardCounts {
            allowed: self.allowed.load(Ordering::Relaxed),
            challenged: self.challenged.load(Ordering::Relaxed),
            ended: self.ended.load(Ordering::Relaxed),
        }
    }
}
