//! JSON (RFC 8259) as a token may hold it: a name stands once in an object, nesting is bounded,
//! and nothing follows. One pass over the text, which finds the strings without copying them.

use std::collections::HashSet;

use smallvec::SmallVec;

use super::numeric_date::NumericDate;
use super::text::{Text, Texts};

/// How deep objects and arrays may nest, the outermost included.
const MAX_DEPTH: usize = 16;

/// Reads a JSON text. Every method gives none for what is not JSON, or not of the type asked for;
/// the whole text is then refused.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    cost: usize,
}

/// What is known of a member's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    /// One that the caller knows, and had not seen yet.
    First,
    /// One that the caller knows and has seen already.
    Again,
    /// One that the caller does not know.
    Other,
}

/// The names that a caller knows and has seen, by a number below 32 of its own for each.
#[derive(Default)]
pub(super) struct Seen(u32);

impl Seen {
    pub(super) fn note(&mut self, number: u32) -> Member {
        let bit = 1_u32.wrapping_shl(number);
        let before = self.0;
        self.0 |= bit;
        if before & bit == 0 { Member::First } else { Member::Again }
    }
}

/// The costs of values in the form of [`serde_json::Value`], the largest that claims usually
/// take, in bytes.
mod cost {
    pub(super) const OBJECT: usize = 656;
    pub(super) const MEMBER: usize = 112;
    pub(super) const ELEMENT: usize = 64;
    pub(super) const STRING: usize = 32;
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0, cost: 0 }
    }

    /// What the parsed form of the text costs at most in memory.
    pub(super) fn cost(&self) -> usize {
        self.cost
    }

    /// Reads an object. `member` gets each name and must read the value; for a name that it sees
    /// to itself, it says whether the name stands there for the first time.
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, &str) -> Option<Member>,
    ) -> Option<()> {
        self.open(b'{', cost::OBJECT)?;
        let mut names = Names::default();
        if self.closes(b'}') {
            return Some(());
        }
        loop {
            self.white_space();
            let name = self.string()?;
            self.token(b':')?;
            self.cost += cost::MEMBER;
            match member(self, name.get(self.text))? {
                Member::First => {}
                Member::Again => return None,
                Member::Other => names.note(name, self.text)?,
            }
            if self.ends(b'}')? {
                return Some(());
            }
        }
    }

    /// Reads an array. `element` must read each element.
    fn array(&mut self, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.open(b'[', 0)?;
        if self.closes(b']') {
            return Some(());
        }
        loop {
            self.cost += cost::ELEMENT;
            element(self)?;
            if self.ends(b']')? {
                return Some(());
            }
        }
    }

    /// Reads a value of any type.
    pub(super) fn skip(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' => self.object(|reader, _| reader.skip().map(|()| Member::Other)),
            b'[' => self.array(Self::skip),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number().map(drop),
        }
    }

    /// Reads a string.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Option<Text> {
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at + 1;
        let rest = self.text.as_bytes().get(start..)?;
        let length = plain_length(rest)?;
        self.cost += cost::STRING + length;
        match rest.get(length)? {
            b'"' => {
                self.at = start + length + 1;
                Text::at(start, start + length)
            }
            b'\\' => self.string_with_escapes(start, start + length),
            _ => None,
        }
    }

    /// Finds the end of a string, and leaves the rest to a library.
    #[cold]
    fn string_with_escapes(&mut self, start: usize, escape: usize) -> Option<Text> {
        let mut bytes = self.text.bytes().enumerate().skip(escape);
        let end = loop {
            match bytes.next()? {
                (_, b'\\') => drop(bytes.next()?),
                (end, b'"') => break end,
                _ => {}
            }
        };
        let json = self.text.get(start - 1..=end)?;
        self.cost += json.len();
        self.at = end + 1;
        serde_json::from_str(json).ok().map(Text::Own)
    }

    /// Reads a string or an array of strings.
    pub(super) fn strings(&mut self) -> Option<Texts> {
        if self.peek()? == b'"' {
            return self.string().map(Texts::One);
        }
        let mut texts = Vec::new();
        self.array(|reader| {
            texts.push(reader.string()?);
            Some(())
        })?;
        Some(Texts::Many(texts.into()))
    }

    /// Reads a number that is a date.
    pub(super) fn date(&mut self) -> Option<NumericDate> {
        self.peek()?;
        match short_integer(self.text.as_bytes().get(self.at..)?) {
            Some((seconds, length)) => {
                self.at += length;
                NumericDate::from_seconds(seconds)
            }
            None => NumericDate::from_json(self.number()?),
        }
    }

    /// Reads a number, which must be finite.
    fn number(&mut self) -> Option<&'t str> {
        self.peek()?;
        let rest = self.text.get(self.at..)?;
        let short = short_integer(rest.as_bytes()).map(|(_, length)| length);
        let number = rest.get(..short.unwrap_or_else(|| number_length(rest)))?;
        self.at += number.len();
        (short.is_some() || (is_number(number) && is_finite(number))).then_some(number)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let found = self.text.get(self.at..)?.starts_with(word);
        self.at += word.len();
        found.then_some(())
    }

    /// Nothing but white space may follow.
    pub(super) fn end(&mut self) -> Option<()> {
        self.white_space();
        (self.at == self.text.len()).then_some(())
    }

    fn open(&mut self, bracket: u8, cost: usize) -> Option<()> {
        self.token(bracket)?;
        self.depth += 1;
        self.cost += cost;
        (self.depth <= MAX_DEPTH).then_some(())
    }

    /// Whether an object or array ends before its first part.
    fn closes(&mut self, bracket: u8) -> bool {
        let closes = self.peek() == Some(bracket);
        if closes {
            self.at += 1;
            self.depth -= 1;
        }
        closes
    }

    /// Whether an object or array ends after a part, or goes on with another.
    fn ends(&mut self, bracket: u8) -> Option<bool> {
        match self.peek()? {
            b',' => self.at += 1,
            byte if byte == bracket => {
                self.at += 1;
                self.depth -= 1;
                return Some(true);
            }
            _ => return None,
        }
        Some(false)
    }

    fn token(&mut self, token: u8) -> Option<()> {
        let found = self.peek()? == token;
        self.at += 1;
        found.then_some(())
    }

    /// The next byte that is no white space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        self.white_space();
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn white_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.text.as_bytes().get(self.at) {
            self.at += 1;
        }
    }
}

/// How many bytes of a string come before a quote, a backslash or a control character; none if
/// there is none of them. Eight bytes at a time.
#[inline]
fn plain_length(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    while let Some((word, after)) = rest.split_first_chunk() {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            let within = usize::try_from(special.trailing_zeros() / 8).ok()?;
            return Some(bytes.len() - rest.len() + within);
        }
        rest = after;
    }
    let within = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
    Some(bytes.len() - rest.len() + within)
}

/// The top bit of each byte that is a quote, a backslash or a control character. What lies above
/// the lowest such byte may be wrong; nobody looks at it.
#[inline]
fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let below = |word: u64, bound: u64| word.wrapping_sub(ONES * bound) & !word & TOPS;
    let flip = |byte: u8| word ^ (ONES * u64::from(byte));
    // With that bit flipped, the quote comes right after the control characters.
    below(flip(0x02), 0x21) | below(flip(b'\\'), 1)
}

/// The integer that the bytes begin with, and its length: up to 15 digits without a leading zero,
/// as in nearly all dates.
fn short_integer(bytes: &[u8]) -> Option<(i64, usize)> {
    let (mut value, mut length) = (0, 0);
    for byte in bytes {
        match byte {
            b'0'..=b'9' => value = value * 10 + i64::from(byte - b'0'),
            b'-' | b'+' | b'.' | b'e' | b'E' => return None,
            _ => break,
        }
        length += 1;
        if length > 15 || (length > 1 && value < 10) {
            return None;
        }
    }
    (length > 0).then_some((value, length))
}

fn number_length(text: &str) -> usize {
    let in_number = |byte: u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    text.bytes().position(|byte| !in_number(byte)).unwrap_or(text.len())
}

/// RFC 8259 section 6.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent))
        }
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    digits(whole) && !leading_zero && digits(fraction) && digits(exponent)
}

fn is_finite(number: &str) -> bool {
    let is_small = number.len() < 300 && !number.contains(['e', 'E']);
    is_small || number.parse::<f64>().is_ok_and(f64::is_finite)
}

/// The names that an object has had so far.
#[derive(Default)]
struct Names {
    first: SmallVec<[Text; 12]>,
    rest: HashSet<Box<str>>,
}

impl Names {
    /// Notes a name; none if it is there already.
    fn note(&mut self, name: Text, text: &str) -> Option<()> {
        let own = name.get(text);
        let known = self.first.iter().any(|other| other.get(text) == own);
        if known || self.rest.contains(own) {
            return None;
        }
        if self.first.len() < self.first.inline_size() {
            self.first.push(name);
        } else {
            self.rest.insert(own.into());
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn accepts(text: &str) -> bool {
        let mut reader = Reader::new(text);
        reader.skip().and_then(|()| reader.end()).is_some()
    }

    #[track_caller]
    fn check(text: &str) {
        let expected = serde_json::from_str::<Value>(text).is_ok();
        assert_eq!(accepts(text), expected, "{text:?}");
    }

    #[test]
    fn what_is_json_is_what_serde_json_says() {
        for text in [
            "",
            " ",
            "null",
            "nul",
            "nulls",
            "true",
            "tru",
            "false",
            "{}",
            "[]",
            "{ }",
            "[ ]",
            "[,]",
            "{,}",
            "[1,]",
            "[1 2]",
            "[1,2]",
            "{\"a\":1,}",
            "{\"a\" : 1 }",
            "{\"a\"}",
            "{a:1}",
            "{1:1}",
            "{\"a\":}",
            "[[]",
            "[]]",
            "{}{}",
            "{} x",
            "\"\"",
            "\"a",
            "\"a\nb\"",
            "\"\\n\"",
            "\"\\x\"",
            "\"\\u0041\"",
            "\"\\u00\"",
            "\"\\ud800\"",
            "\"\\ud83d\\ude00\"",
            "\"\\",
            "\"\\\"",
            "\"\u{7f}\"",
            "\"\u{e9}\"",
            "\u{feff}{}",
            "\u{a0}1",
        ] {
            check(text);
        }
    }

    #[test]
    fn a_string_ends_where_it_ends_wherever_that_is() {
        for length in 0..40 {
            let plain = "\u{7f}\u{e9}".chars().cycle().take(length).collect::<String>();
            for special in ['"', '\\', '\n', '\0', '\u{1f}'] {
                let text = format!("{plain}{special}{plain}\"");
                assert_eq!(plain_length(text.as_bytes()), Some(plain.len()), "{text:?}");
            }
            assert_eq!(plain_length(plain.as_bytes()), None);
        }
    }

    #[test]
    fn what_is_a_number_is_what_serde_json_says() {
        for text in [
            "0",
            "-0",
            "-",
            "+1",
            "01",
            "-01",
            "1.",
            ".1",
            "1.0",
            "1e",
            "1e5",
            "1E+5",
            "1e-5",
            "1e+",
            "1e5.0",
            "--1",
            "1-1",
            "1e400",
            "-1e400",
            "123456789012345678901234567890",
            "0.1e1",
            "1.e1",
            "NaN",
            "Infinity",
            "1_0",
            "1e1e1",
        ] {
            check(text);
        }
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":1}"#, r#"[{"b":{"a":1,"a":1}}]"#] {
            assert!(!accepts(text), "{text}");
        }
        assert!(accepts(r#"{"a":{"a":1},"b":{"a":1}}"#));
    }

    #[test]
    fn nesting_ends_at_sixteen_levels() {
        let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(accepts(&nested(16)));
        assert!(!accepts(&nested(17)));
        assert!(!accepts(&nested(100_000)));
    }
}
