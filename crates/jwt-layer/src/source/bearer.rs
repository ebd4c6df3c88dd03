use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::sole;
use crate::JwtErrorKind;

/// `credentials = "Bearer" 1*SP b64token` (RFC 6750 section 2.1), the last part of it not looked
/// at yet.
pub(super) fn find(headers: &HeaderMap) -> Result<Option<&[u8]>, JwtErrorKind> {
    let Some(value) = sole(headers.get_all(AUTHORIZATION))? else {
        return Ok(None);
    };
    let end = value.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(value.len());
    let (scheme, rest) = value.split_at(end);
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return if value.is_ascii() { Ok(None) } else { Err(JwtErrorKind::MalformedHeader) };
    }
    let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
    match rest.split_at(spaces) {
        ([], _) | (_, []) => Err(JwtErrorKind::MalformedHeader),
        (_, token) => Ok(Some(token)),
    }
}

/// RFC 9110 section 11.2. It looks at every byte without a branch, which the compiler vectorizes.
pub(super) fn is_token68(text: &[u8]) -> bool {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let body = text.get(..text.len() - padding).unwrap_or_default();
    !body.is_empty() && body.iter().fold(true, |so_far, byte| so_far & is_token68_byte(*byte))
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
        let found = find(&headers).and_then(|token| match token {
            Some(token) if !is_token68(token) => Err(JwtErrorKind::MalformedHeader),
            token => Ok(token),
        });
        assert_eq!(found, expected.map(|token| token.map(str::as_bytes)));
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
        check("Basic \u{e9}", Err(JwtErrorKind::MalformedHeader));
    }

    #[test]
    fn spaces_and_exactly_one_token_follow_the_scheme() {
        check("Bearer a", Ok(Some("a")));
        check("Bearer   a", Ok(Some("a")));
        for value in ["Bearer", "Bearer ", "Bearer  ", "Bearer\ta", "Bearer a b", "Bearer a,b"] {
            check(value, Err(JwtErrorKind::MalformedHeader));
        }
        for value in ["Bearer \ta", "Bearer =", "Bearer \u{e9}", "Bearer a=b"] {
            check(value, Err(JwtErrorKind::MalformedHeader));
        }
        check("Bearer a==", Ok(Some("a==")));
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
