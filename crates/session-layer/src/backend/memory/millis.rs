use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// An instant, in whole milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Millis(u64);

/// The end of the year 9999, which every platform's clock can tell.
const LATEST: Millis = Millis(253_402_300_799_999);

impl Millis {
    pub(super) fn of(time: SystemTime) -> Self {
        Self::from(time.duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    pub(super) fn time(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.0)
    }

    /// A while later, at the latest at the end of time.
    pub(super) fn after(self, by: Duration) -> Self {
        Self(self.0.saturating_add(Self::from(by).0)).min(LATEST)
    }

    /// How long after another instant; zero if it is before that.
    pub(super) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Millis {
    /// A round time at or before this one, and after `now`: the farther off, the rounder.
    pub(super) fn rounded(self, now: Self) -> Self {
        let step = 1 << (self.0.saturating_sub(now.0) / 32).checked_ilog2().unwrap_or(0);
        Self(self.0 - self.0 % step)
    }
}

impl From<Duration> for Millis {
    fn from(since_1970: Duration) -> Self {
        Self(u64::try_from(since_1970.as_millis()).unwrap_or(LATEST.0)).min(LATEST)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_of_a_millisecond_are_dropped() {
        let time = UNIX_EPOCH + Duration::from_nanos(1_999_999);
        assert_eq!(Millis::of(time).time(), UNIX_EPOCH + Duration::from_millis(1));
    }

    proptest! {
        #[test]
        fn a_round_time_is_after_now_and_not_after_the_time(now in 0..u64::MAX >> 8, by in 1..LATEST.0) {
            let (now, time) = (Millis(now), Millis(now + by));
            let rounded = time.rounded(now);
            prop_assert!(now < rounded && rounded <= time);
            prop_assert!(time.0 - rounded.0 <= by / 32);
        }
    }

    #[test]
    fn nothing_is_after_the_year_9999() {
        assert_eq!(Millis::of(SystemTime::now()).after(Duration::MAX), LATEST);
    }
}
