use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use humantime::format_rfc3339_seconds;
use maud::{Markup, html};

/// A time, to the second.
pub(super) fn time(time: SystemTime) -> Markup {
    html! { time datetime=[written(time)] { (time_text(time)) } }
}

/// The same as text alone.
pub(super) fn time_text(time: SystemTime) -> String {
    let written = written(time).unwrap_or_else(|| "unknown".to_owned());
    written.replace('T', " ").replace('Z', " UTC")
}

/// As in RFC 3339. None for a year that can't be written, which a record of somebody else may have.
fn written(time: SystemTime) -> Option<String> {
    let mut written = String::new();
    write!(written, "{}", format_rfc3339_seconds(time)).ok().map(|()| written)
}

/// How long ago that was.
pub(super) fn ago(then: SystemTime, now: SystemTime) -> String {
    // The clock of the store may be a little ahead.
    let passed = now.duration_since(then).unwrap_or(Duration::ZERO).as_secs();
    match passed {
        0..60 => format!("{passed} s ago"),
        60..3600 => format!("{} min ago", passed / 60),
        3600..86_400 => format!("{} h ago", passed / 3600),
        _ => format!("{} d ago", passed / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_for_people_and_for_programs() {
        let text = time(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)).into_string();
        let expected = r#"<time datetime="2027-01-15T08:00:00Z">2027-01-15 08:00:00 UTC</time>"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn a_time_that_can_not_be_written_is_unknown() {
        let late = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40);
        assert_eq!(time(late).into_string(), "<time>unknown</time>");
    }

    #[test]
    fn how_long_ago_is_told_in_the_largest_unit() {
        let then = SystemTime::UNIX_EPOCH;
        let told = [0, 59, 60, 7200, 200_000].map(|s| ago(then, then + Duration::from_secs(s)));
        assert_eq!(told, ["0 s ago", "59 s ago", "1 min ago", "2 h ago", "2 d ago"]);
    }

    #[test]
    fn what_is_yet_to_come_is_now() {
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(5);
        assert_eq!(ago(then, SystemTime::UNIX_EPOCH), "0 s ago");
    }
}
