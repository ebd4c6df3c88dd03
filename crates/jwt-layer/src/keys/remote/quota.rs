use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// How often tokens may cause a fetch.
#[derive(Default)]
pub(super) struct Quota(Mutex<Option<SystemTime>>);

const INTERVAL: Duration = Duration::from_secs(30);

impl Quota {
    /// True for one caller per interval.
    pub(super) fn take(&self, now: SystemTime) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let allowed = last.is_none_or(|last| is_over(last, now));
        if allowed {
            *last = Some(now);
        }
        allowed
    }
}

/// A clock that was put back says nothing about how long ago it was: better once too often than
/// not for hours.
fn is_over(last: SystemTime, now: SystemTime) -> bool {
    now.duration_since(last).map_or(true, |since| since >= INTERVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn one_is_allowed_per_interval() {
        let quota = Quota::default();
        let allowed = [100, 100, 129, 130, 159, 160].map(|now| quota.take(at(now)));
        assert_eq!(allowed, [true, false, false, true, false, true]);
    }

    #[test]
    fn a_clock_that_is_put_back_locks_nobody_out() {
        let quota = Quota::default();
        let allowed = [10_000, 100, 101, 130].map(|now| quota.take(at(now)));
        assert_eq!(allowed, [true, true, false, true]);
    }
}
