//! Times and spans as records have them: whole milliseconds, since 1970.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;

/// The end of the year 9999, the latest that a record can expire.
const LATEST: u64 = 253_402_300_799_000;

/// A time since 1970; an earlier one is 1970.
pub(super) fn millis(time: SystemTime) -> u64 {
    span(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

pub(super) fn span(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).map_or(LATEST, |millis| millis.min(LATEST))
}

pub(super) fn after(time: u64, by: u64) -> u64 {
    time.saturating_add(by).min(LATEST)
}

pub(super) fn time(millis: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis.min(LATEST))
}

/// The first full second from then on, for there are stores that know no parts of one.
pub(super) fn expiry_date(millis: u64) -> OffsetDateTime {
    let second = millis.min(LATEST).div_ceil(1000);
    OffsetDateTime::UNIX_EPOCH + Duration::from_secs(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_never_expires_before_its_session() {
        assert_eq!(expiry_date(1001).unix_timestamp(), 2);
        assert_eq!(expiry_date(2000).unix_timestamp(), 2);
    }

    #[test]
    fn nothing_is_later_than_a_date_can_be() {
        let latest = after(millis(SystemTime::now()), span(Duration::MAX));
        assert_eq!(expiry_date(latest).year(), 9999);
        assert_eq!(expiry_date(u64::MAX).year(), 9999);
    }
}
