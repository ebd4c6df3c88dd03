use std::time::{Duration, SystemTime};

/// No session lives longer than this, a thousand years: added to any time it is one still.
const LONGEST: i64 = 1_000 * 365 * 24 * 60 * 60 * 1_000;

/// Nor is a time that a session has later than this; any two of these add up to a number yet.
const LATEST: i64 = 2 * LONGEST;

/// A span in whole milliseconds.
pub(in crate::backend) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).map_or(LONGEST, |millis| millis.min(LONGEST))
}

/// A time in whole milliseconds since 1970.
pub(super) fn millis_since_1970(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).map_or(LATEST, |millis| millis.min(LATEST))
}

pub(super) fn span(millis: i64) -> Option<Duration> {
    u64::try_from(millis).ok().map(Duration::from_millis)
}

pub(super) fn instant(millis: i64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(span(millis)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_cut_to_whole_milliseconds() {
        assert_eq!(millis(Duration::from_micros(1_999)), 1);
    }

    #[test]
    fn the_longest_lifetime_is_a_thousand_years() {
        assert_eq!(millis(Duration::MAX), LONGEST);
        assert!(instant(LONGEST * 2).is_some());
    }

    #[test]
    fn a_time_is_kept_to_the_millisecond() {
        let time = instant(1_700_000_000_123).unwrap();
        assert_eq!(millis_since_1970(time), 1_700_000_000_123);
        assert_eq!(millis_since_1970(time + Duration::from_micros(999)), 1_700_000_000_123);
    }

    #[test]
    fn there_is_no_time_before_1970() {
        assert_eq!(instant(-1), None);
    }
}
