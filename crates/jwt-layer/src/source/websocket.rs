use http::HeaderMap;
use http::header::SEC_WEBSOCKET_PROTOCOL;

use super::agree;
use crate::JwtErrorKind;

/// `bearer.TOKEN` in the list of subprotocols (RFC 6455 section 11.3.4).
pub(super) fn find(headers: &HeaderMap) -> Result<Option<&str>, JwtErrorKind> {
    let values = headers.get_all(SEC_WEBSOCKET_PROTOCOL).into_iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    let mut found = None;
    for protocol in texts.flat_map(|text| text.split(',')) {
        if let Some(token) = protocol.trim().strip_prefix("bearer.") {
            found = agree(found, token)?;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[track_caller]
    fn check(value: &'static str, expected: Result<Option<&str>, JwtErrorKind>) {
        let value = HeaderValue::from_static(value);
        assert_eq!(find(&HeaderMap::from_iter([(SEC_WEBSOCKET_PROTOCOL, value)])), expected);
    }

    #[test]
    fn a_token_is_found_among_the_protocols() {
        check("chat.v1, bearer.a.b.c", Ok(Some("a.b.c")));
        check("bearer.a.b.c,bearer.a.b.c", Ok(Some("a.b.c")));
    }

    #[test]
    fn other_protocols_are_no_token() {
        check("chat.v1, bearer", Ok(None));
    }

    #[test]
    fn two_tokens_are_refused() {
        check("bearer.a.b.c, bearer.d.e.f", Err(JwtErrorKind::AmbiguousToken));
    }
}
