use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::sole;
use crate::JwtErrorKind;

/// `credentials = "Bearer" 1*SP b64token` (RFC 6750 section 2.1).
pub(super) fn find(headers: &HeaderMap) -> Result<Option<&str>, JwtErrorKind> {
    let Some(value) = sole(headers.get_all(AUTHORIZATION))? else {
        return Ok(None);
    };
    let end = value.find([' ', '\t']).unwrap_or(value.len());
    let (scheme, rest) = value.split_at(end);
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Ok(None);
    }
    match rest.strip_prefix(' ').map(|rest| rest.trim_start_matches(' ')) {
        Some(token) if is_token68(token) => Ok(Some(token)),
        _ => Err(JwtErrorKind::MalformedHeader),
    }
}

/// RFC 9110 section 11.2. It looks at every byte without a branch, which the compiler vectorizes.
fn is_token68(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().fold(true, |so_far, byte| so_far & is_token68_byte(byte))
}

/// Letters, digits and `-._~+/`, of which `-./` and the digits are neighbours.
fn is_token68_byte(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit_or_neighbour = byte.wrapping_sub(b'-') < 13;
    letter | digit_or_neighbour | (byte == b'_') | (byte == b'~') | (byte == b'+')
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[track_caller]
    fn check(value: &str, expected: Result<Option<&str>, JwtErrorKind>) {
        let value = HeaderValue::from_str(value).unwrap();
        let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
        assert_eq!(find(&headers), expected);
    }

    #[test]
    fn the_scheme_may_be_in_any_case() {
        for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
            check(&format!("{scheme} a.b.c"), Ok(Some("a.b.c")));
        }
    }

    #[test]
    fn another_scheme_is_no_token() {
        for value in ["Basic YTpi", "DPoP a.b.c", "Bearers a", "Bea", ""] {
            check(value, Ok(None));
        }
    }

    #[test]
    fn spaces_and_exactly_one_token_follow_the_scheme() {
        check("Bearer a", Ok(Some("a")));
        check("Bearer   a", Ok(Some("a")));
        for value in ["Bearer", "Bearer ", "Bearer  ", "Bearer\ta", "Bearer a b", "Bearer a,b"] {
            check(value, Err(JwtErrorKind::MalformedHeader));
        }
    }

    #[test]
    fn the_bytes_of_a_token_are_those_of_the_rfc() {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
        assert!((0..=255).all(|byte| is_token68_byte(byte) == allowed(byte)));
    }

    #[test]
    fn two_headers_are_refused_whatever_their_scheme() {
        let mut headers = HeaderMap::new();
        headers.append(AUTHORIZATION, HeaderValue::from_static("Basic YTpi"));
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer a"));
        assert_eq!(find(&headers), Err(JwtErrorKind::AmbiguousToken));
    }
}
