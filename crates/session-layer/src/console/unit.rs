/// What a figure is measured in, and how it is written for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Count,
    PerSecond,
    /// Of one.
    Share,
    Seconds,
}

impl Unit {
    pub(super) fn write(self, value: Option<f64>) -> String {
        let Some(value) = value else { return "no data".to_owned() };
        match self {
            Self::Count => format!("{value:.0}"),
            Self::PerSecond => format!("{} /s", short(value)),
            Self::Share => format!("{} %", short(value * 100.0)),
            Self::Seconds => format!("{} ms", short(value * 1000.0)),
        }
    }
}

/// Three digits or so, without zeroes that say nothing.
fn short(value: f64) -> String {
    let written = match value.abs() {
        size if size < 1.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => return format!("{value:.0}"),
    };
    written.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(unit: Unit, value: f64, written: &str) {
        assert_eq!(unit.write(Some(value)), written);
    }

    #[test]
    fn figures_are_written_with_their_unit() {
        check(Unit::Count, 1234.0, "1234");
        check(Unit::PerSecond, 0.0, "0 /s");
        check(Unit::PerSecond, 5.0, "5 /s");
        check(Unit::PerSecond, 12.34, "12.3 /s");
        check(Unit::Share, 0.9512, "95.1 %");
        check(Unit::Share, 1.0, "100 %");
        check(Unit::Seconds, 0.000_25, "0.25 ms");
        check(Unit::Seconds, 0.123_4, "123 ms");
    }

    #[test]
    fn what_is_not_there_is_said_to_be() {
        assert_eq!(Unit::Share.write(None), "no data");
    }
}
