use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::backend::Lifetime;

/// A lifetime as scripts take it: idle and absolute, in ms as decimal texts.
pub(super) struct Millis {
    idle: String,
    absolute: String,
}

impl Millis {
    pub(super) fn arguments(&self) -> [&[u8]; 2] {
        [self.idle.as_bytes(), self.absolute.as_bytes()]
    }
}

impl From<Lifetime> for Millis {
    fn from(lifetime: Lifetime) -> Self {
        Self { idle: millis(lifetime.idle), absolute: millis(lifetime.absolute) }
    }
}

/// Rounded up, and at most a century, which the numbers of scripts and of Redis can hold.
pub(super) fn millis(time: Duration) -> String {
    let millis = time.as_nanos().div_ceil(1_000_000);
    millis.min(CENTURY.as_millis()).to_string()
}

/// In whole milliseconds since 1970, and at most what the numbers of scripts can hold.
pub(super) fn instant(time: SystemTime) -> String {
    let millis = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    millis.min(LATEST).to_string()
}

const LATEST: u128 = 1 << 52;

const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_rounded_up_to_whole_milliseconds() {
        let times = [0, 1, 999_999, 1_000_000, 1_000_001].map(Duration::from_nanos);
        assert_eq!(times.map(millis), ["0", "1", "1", "1", "2"]);
    }

    #[test]
    fn an_instant_is_cut_to_whole_milliseconds() {
        assert_eq!(
            instant(UNIX_EPOCH + Duration::from_micros(1_700_000_000_123_999)),
            "1700000000123"
        );
    }

    #[test]
    fn a_time_is_at_most_a_century() {
        assert_eq!(millis(Duration::MAX), "3153600000000");
    }
}
