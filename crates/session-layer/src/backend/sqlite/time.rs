//! Times and spans as the file has them: whole milliseconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The longest span and the latest time, some 285,000 years; sums of two stay far from overflow.
const FAR: i64 = 1 << 53;

/// A time since 1970; an earlier one is 1970.
pub(super) fn millis(time: SystemTime) -> i64 {
    span(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// A span; a longer one than [`FAR`] is that long.
pub(super) fn span(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).map_or(FAR, |millis| millis.min(FAR))
}

/// The time that so many milliseconds since 1970 are; none if it is none.
pub(super) fn time(millis: i64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(duration(millis)?)
}

/// The span of so many milliseconds; none if it is none.
pub(super) fn duration(millis: i64) -> Option<Duration> {
    u64::try_from(millis).ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_kept_to_the_millisecond() {
        let now = UNIX_EPOCH + Duration::from_micros(1_700_000_000_123_456);
        assert_eq!(millis(now), 1_700_000_000_123);
        assert_eq!(time(millis(now)), Some(now - Duration::from_micros(456)));
    }

    #[test]
    fn a_span_without_end_is_far_but_no_overflow() {
        assert_eq!(span(Duration::MAX), FAR);
        assert!(time(span(Duration::MAX) + span(Duration::MAX)).is_some());
    }

    #[test]
    fn what_is_no_time_is_none() {
        assert_eq!((time(-1), duration(-1)), (None, None));
    }
}
