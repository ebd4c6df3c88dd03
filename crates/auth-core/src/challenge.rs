use std::borrow::Cow;
use std::fmt::{self, Write};

use http::HeaderValue;

/// One challenge of a `WWW-Authenticate` header (RFC 9110 section 11.6.1).
///
/// This is the only code in the workspace that quotes auth-params, so a value from outside can
/// never end a quoted string or a header: characters that a quoted string may not hold become
/// `?`, and in the parameters whose character set RFC 6750 section 3 restricts (`error`,
/// `error_description`, `error_uri`, `scope`) so do `"` and `\`.
///
/// ```
/// use auth_core::Challenge;
///
/// let challenge = Challenge::bearer().realm("api").param("error", "invalid_token");
/// assert_eq!(challenge.to_string(), r#"Bearer realm="api", error="invalid_token""#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    scheme: &'static str,
    params: Vec<(&'static str, Cow<'static, str>)>,
}

impl Challenge {
    /// A challenge of the `Bearer` scheme (RFC 6750 section 3).
    pub fn bearer() -> Self {
        Self::new("Bearer")
    }

    /// A challenge of any registered scheme, with no parameter yet.
    pub fn new(scheme: &'static str) -> Self {
        Self { scheme, params: Vec::new() }
    }

    /// Names the protection space (RFC 9110 section 11.5).
    pub fn realm(self, realm: impl Into<Cow<'static, str>>) -> Self {
        self.param("realm", realm)
    }

    /// Adds a parameter. Its value is always sent as a quoted string.
    pub fn param(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.params.push((name, value.into()));
        self
    }

    /// The value of the header, which holds visible ASCII only, whatever the parameters hold.
    pub fn header_value(&self) -> HeaderValue {
        HeaderValue::try_from(self.to_string())
            .unwrap_or_else(|_| HeaderValue::from_static(self.scheme))
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scheme)?;
        for (index, (name, value)) in self.params.iter().enumerate() {
            let separator = if index == 0 { " " } else { ", " };
            write!(f, "{separator}{name}=\"")?;
            write_quoted(f, name, value)?;
            f.write_char('"')?;
        }
        Ok(())
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, name: &str, value: &str) -> fmt::Result {
    let restricted = matches!(name, "error" | "error_description" | "error_uri" | "scope");
    for character in value.chars() {
        match character {
            '"' | '\\' if restricted => f.write_char('?')?,
            '"' | '\\' => write!(f, "\\{character}")?,
            ' '..='~' => f.write_char(character)?,
            _ => f.write_char('?')?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_without_parameters_is_its_scheme() {
        assert_eq!(Challenge::bearer().header_value(), "Bearer");
    }

    #[test]
    fn quotes_and_backslashes_in_a_realm_are_escaped() {
        let challenge = Challenge::bearer().realm(r#"a"b\c"#);
        assert_eq!(challenge.header_value(), r#"Bearer realm="a\"b\\c""#);
    }

    #[test]
    fn a_value_can_not_end_the_header() {
        let challenge = Challenge::bearer().realm("a\r\nSet-Cookie: b=c");
        assert_eq!(challenge.header_value(), r#"Bearer realm="a??Set-Cookie: b=c""#);
    }

    #[test]
    fn a_restricted_parameter_holds_no_quote_no_backslash_and_no_utf_8() {
        let challenge = Challenge::bearer().param("error_description", "a\"b\\c\u{e9}");
        assert_eq!(challenge.header_value(), r#"Bearer error_description="a?b?c?""#);
    }
}
