use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::limit::{AttemptLimit, FORGOTTEN};

/// What has failed under one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    failures: u32,
    /// When the last one was counted, in milliseconds of Unix time.
    last: u64,
}

/// It may be tried again after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany {
    pub(super) wait: Duration,
}

/// The first byte of a note, so that a later form can be told.
const FORM: u8 = 1;

impl Tally {
    /// Counts an attempt as failed, before its outcome is known: of a thousand at once, none is
    /// free because the others are not over.
    pub(super) fn charge(self, limit: &AttemptLimit, now: SystemTime) -> Result<Self, TooMany> {
        let passed = self.since_last(now);
        if passed >= FORGOTTEN {
            return Ok(Self { failures: 1, last: millis(now) });
        }
        match limit.wait(self.failures).checked_sub(passed) {
            Some(wait) if !wait.is_zero() => Err(TooMany { wait }),
            _ => Ok(Self { failures: self.failures.saturating_add(1), last: millis(now) }),
        }
    }

    /// Takes one back that was no failure.
    pub(super) fn refund(self) -> Self {
        Self { failures: self.failures.saturating_sub(1), ..self }
    }

    pub(super) fn failures(self) -> u32 {
        self.failures
    }

    pub(super) fn to_bytes(self) -> Vec<u8> {
        [&[FORM], self.failures.to_be_bytes().as_slice(), &self.last.to_be_bytes()].concat()
    }

    pub(super) fn from_bytes(note: &[u8]) -> Option<Self> {
        let (failures, last) = note.strip_prefix(&[FORM])?.split_first_chunk()?;
        let last = u64::from_be_bytes(last.try_into().ok()?);
        Some(Self { failures: u32::from_be_bytes(*failures), last })
    }

    /// Zero if the last one is in the future, as the clock of another node may have it.
    fn since_last(self, now: SystemTime) -> Duration {
        Duration::from_millis(millis(now).saturating_sub(self.last))
    }
}

pub(super) fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_millis().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1_800_000_000);

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + START + Duration::from_secs(seconds)
    }

    fn limit() -> AttemptLimit {
        AttemptLimit::free(2)
    }

    fn after(failures: u32, seconds: u64) -> Tally {
        Tally { failures, last: millis(at(seconds)) }
    }

    #[track_caller]
    fn refused(tally: Tally, now: SystemTime, seconds: u64) {
        let too_many = tally.charge(&limit(), now).unwrap_err();
        assert_eq!(too_many.wait, Duration::from_secs(seconds));
    }

    #[test]
    fn the_first_failures_cost_nothing() {
        let first = Tally::default().charge(&limit(), at(0)).unwrap();
        let second = first.charge(&limit(), at(0)).unwrap();
        assert_eq!((first, second), (after(1, 0), after(2, 0)));
        refused(second, at(0), 1);
    }

    #[test]
    fn who_has_waited_may_try_once_and_waits_longer_then() {
        refused(after(5, 0), at(7), 1);
        let tried = after(5, 0).charge(&limit(), at(8)).unwrap();
        refused(tried, at(8), 16);
    }

    #[test]
    fn an_hour_without_a_failure_forgets_them() {
        assert_eq!(after(40, 0).charge(&limit(), at(3600)).unwrap(), after(1, 3600));
    }

    #[test]
    fn a_clock_that_is_behind_waits_no_longer_than_the_limit_says() {
        refused(after(3, 500), at(0), 2);
    }

    #[test]
    fn a_refund_takes_back_one() {
        assert_eq!(after(3, 0).refund(), after(2, 0));
        assert_eq!(Tally::default().refund(), Tally::default());
    }

    #[test]
    fn a_tally_is_read_as_it_was_written_and_nothing_else_is_read() {
        let tally = after(3, 7);
        assert_eq!(Tally::from_bytes(&tally.to_bytes()), Some(tally));
        let mut other = tally.to_bytes();
        other[0] = 2;
        let short = &tally.to_bytes()[..12];
        let long = [tally.to_bytes().as_slice(), &[0]].concat();
        for note in [&[], other.as_slice(), short, &long] {
            assert_eq!(Tally::from_bytes(note), None, "{note:?}");
        }
    }
}
