use std::ops::RangeInclusive;
use std::time::Duration;

/// Reads a duration: a plain number is in seconds; otherwise it has units, as in `1m 30s`.
///
/// # Errors
/// If it is none, or not in the range, which `says` puts into words.
pub fn duration_within(
    text: &str,
    range: RangeInclusive<Duration>,
    says: &str,
) -> Result<Duration, String> {
    let plain = text.parse().map(Duration::from_secs).ok();
    let duration = plain.or_else(|| humantime::parse_duration(text).ok());
    let duration = duration.ok_or("write seconds, or units as in `90s` or `1m 30s`")?;
    if range.contains(&duration) {
        return Ok(duration);
    }
    Err(format!("it may be {says}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Duration, String> {
        duration_within(text, Duration::ZERO..=Duration::from_secs(120), "0 to 120 s")
    }

    #[test]
    fn a_duration_is_in_seconds_or_has_units() {
        for (text, seconds) in [("0", 0), ("45", 45), ("1m 30s", 90), ("120s", 120)] {
            assert_eq!(read(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn a_duration_out_of_range_is_refused() {
        for text in ["121", "3m"] {
            assert_eq!(read(text), Err("it may be 0 to 120 s".to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_examples() {
        for text in ["-1", "soon", ""] {
            let advice = "write seconds, or units as in `90s` or `1m 30s`";
            assert_eq!(read(text), Err(advice.to_owned()), "{text}");
        }
    }
}
