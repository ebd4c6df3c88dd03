use std::time::Duration;

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
    fn a_time_is_at_most_a_century() {
        assert_eq!(millis(Duration::MAX), "3153600000000");
    }
}
