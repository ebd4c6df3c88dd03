use std::time::{Duration, SystemTime};

/// Seconds since 1970, whole or fractional (RFC 7519 section 2), held in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NumericDate {
    micros: i64,
}

/// 9999-12-31T23:59:59Z. What lies beyond, or before its mirror image, is no date but a mistake
/// or an attempt to overflow.
const MAX_SECONDS: i64 = 253_402_300_799;
const MICROS: i64 = 1_000_000;

impl NumericDate {
    /// The date that a JSON number is; none if it is no sane one.
    pub(super) fn from_json(number: &str) -> Option<Self> {
        match number.parse() {
            Ok(seconds) => Self::from_seconds(seconds),
            Err(_) => number.parse().ok().and_then(Self::from_fraction),
        }
    }

    pub(super) fn from_seconds(seconds: i64) -> Option<Self> {
        let sane = (-MAX_SECONDS..=MAX_SECONDS).contains(&seconds);
        sane.then(|| Self { micros: seconds.saturating_mul(MICROS) })
    }

    fn from_fraction(seconds: f64) -> Option<Self> {
        // The bound makes the conversion exact to the microsecond and free of overflow.
        #[expect(clippy::as_conversions, reason = "bounded above, and `as` saturates")]
        let whole = seconds.floor() as i64;
        #[expect(clippy::as_conversions, reason = "between 0 and 1,000,000")]
        let micros = ((seconds - seconds.floor()) * 1e6) as i64;
        let date = Self::from_seconds(whole).filter(|_| seconds.is_finite())?;
        Some(Self { micros: date.micros.saturating_add(micros) })
    }

    pub(crate) fn after(self, delay: Duration) -> Self {
        let micros = i64::try_from(delay.as_micros()).unwrap_or(i64::MAX);
        Self { micros: self.micros.saturating_add(micros) }
    }

    pub(crate) fn to_system_time(self) -> SystemTime {
        let distance = Duration::from_micros(self.micros.unsigned_abs());
        let time = match self.micros {
            0.. => SystemTime::UNIX_EPOCH.checked_add(distance),
            _ => SystemTime::UNIX_EPOCH.checked_sub(distance),
        };
        time.unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

impl From<SystemTime> for NumericDate {
    fn from(time: SystemTime) -> Self {
        let micros = |distance: Duration| i64::try_from(distance.as_micros()).unwrap_or(i64::MAX);
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => Self { micros: micros(since) },
            Err(before) => Self { micros: -micros(before.duration()) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Option<NumericDate> {
        super::super::strict_json::Reader::new(json).date()
    }

    #[test]
    fn a_date_may_have_a_fraction() {
        assert_eq!(parse("1.5"), Some(NumericDate { micros: 1_500_000 }));
        assert_eq!(parse("-1.5"), Some(NumericDate { micros: -1_500_000 }));
        assert_eq!(parse("1e3"), Some(NumericDate { micros: 1_000_000_000 }));
    }

    #[test]
    fn a_date_beyond_the_year_9999_is_none() {
        for absurd in ["253402300800", "1e300", "1e400", "-1e300", "18446744073709551615"] {
            assert_eq!(parse(absurd), None, "{absurd}");
        }
    }

    #[test]
    fn a_date_is_a_number_and_nothing_else() {
        for other in ["\"1\"", "null", "true", "[1]", "{}"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_date_is_the_system_time_it_came_from() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123);
        assert_eq!(NumericDate::from(time).to_system_time(), time);
    }
}
