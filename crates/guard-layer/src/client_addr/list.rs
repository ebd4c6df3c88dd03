/// Splits a field value at a separator that is not within a quoted string (RFC 9110 section
/// 5.6.4), from right to left.
///
/// What proxies wrote is on the right, and what a client wrote on the left. Reading from the right
/// means that a quote which the client opens, and never closes, can not swallow a proxy's element.
/// In a value that is well-formed, the parts are the same either way.
pub(super) fn split_from_right(value: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut place = Place::Outside;
    value.rsplit(move |byte| {
        place = place.step_left(*byte);
        *byte == separator && place == Place::Outside
    })
}

/// Where a byte is, told from those to its right.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Outside,
    Quoted,
    /// At a quote, or at the backslashes before it, which say whether it opens the string.
    AtQuote {
        escaped: bool,
    },
}

impl Place {
    fn step_left(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::AtQuote { escaped }, b'\\') => Self::AtQuote { escaped: !escaped },
            (Self::AtQuote { escaped: true }, _) => Self::Quoted.step_left(byte),
            (Self::AtQuote { escaped: false }, _) => Self::Outside.step_left(byte),
            (Self::Outside, b'"') => Self::Quoted,
            (Self::Quoted, b'"') => Self::AtQuote { escaped: false },
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: &[&str]) {
        let parts: Vec<_> = split_from_right(value.as_bytes(), b',').collect();
        let expected: Vec<_> = expected.iter().map(|part| part.as_bytes()).collect();
        assert_eq!(parts, expected);
    }

    #[test]
    fn the_parts_come_from_right_to_left() {
        check("a,b,c", &["c", "b", "a"]);
    }

    #[test]
    fn empty_parts_are_kept() {
        check("", &[""]);
        check(",a,", &["", "a", ""]);
    }

    #[test]
    fn a_separator_within_quotes_does_not_separate() {
        check(r#"a=",",b=",,""#, &[r#"b=",,""#, r#"a=",""#]);
        check(r#"a="",b="""#, &[r#"b="""#, r#"a="""#]);
    }

    #[test]
    fn an_escaped_quote_does_not_end_a_quoted_string() {
        check(r#"a="\",\"",b"#, &["b", r#"a="\",\"""#]);
    }

    #[test]
    fn an_escaped_backslash_does_not_escape_a_quote() {
        check(r#"a="\\",b"#, &["b", r#"a="\\""#]);
        check(r#"a="\\\",",b"#, &["b", r#"a="\\\",""#]);
    }

    #[test]
    fn a_quote_that_is_never_closed_does_not_reach_to_the_right() {
        check(r#"a=",b"#, &["b", "a=\""]);
        check(r#"a=",b="c,d""#, &[r#"b="c,d""#, "a=\""]);
    }
}
