use http::HeaderMap;
use http::header::COOKIE;

use super::agree;
use crate::JwtErrorKind;

/// The cookie's value in all `Cookie` headers (RFC 6265 section 4.2; HTTP/2 may split them). A
/// header that is no text has no cookie of ours.
pub(super) fn find<'r>(
    headers: &'r HeaderMap,
    name: &str,
) -> Result<Option<&'r str>, JwtErrorKind> {
    let texts = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut found = None;
    for pair in texts.flat_map(|text| text.split(';')) {
        let value = pair.trim().strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
        if let Some(value) = value {
            found = agree(found, unquoted(value))?;
        }
    }
    Ok(found.filter(|token| !token.is_empty()))
}

fn unquoted(value: &str) -> &str {
    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    inner.unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[track_caller]
    fn check(values: &[&str], expected: Result<Option<&str>, JwtErrorKind>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(COOKIE, HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(find(&headers, "token"), expected);
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        check(&["a=1; token=x.y.z; b=2"], Ok(Some("x.y.z")));
        check(&["a=1", "token=\"x\""], Ok(Some("x")));
    }

    #[test]
    fn a_cookie_of_another_name_is_no_token() {
        check(&["tokens=x; atoken=y; TOKEN=z; token"], Ok(None));
        check(&["token="], Ok(None));
        check(&[], Ok(None));
    }

    #[test]
    fn two_values_under_one_name_are_refused() {
        check(&["token=x; token=y"], Err(JwtErrorKind::AmbiguousToken));
        check(&["token=x", "token=x"], Ok(Some("x")));
    }
}
