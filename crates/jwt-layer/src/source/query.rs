use http::Uri;

use super::agree;
use crate::JwtErrorKind;

/// A parameter of the query. A token needs no escapes, so none are decoded.
pub(super) fn find<'r>(uri: &'r Uri, name: &str) -> Result<Option<&'r str>, JwtErrorKind> {
    let mut found = None;
    for pair in uri.query().unwrap_or_default().split('&') {
        if let Some(token) = pair.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            found = agree(found, token)?;
        }
    }
    Ok(found.filter(|token| !token.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &'static str, expected: Result<Option<&str>, JwtErrorKind>) {
        assert_eq!(find(&Uri::from_static(uri), "token"), expected);
    }

    #[test]
    fn a_parameter_is_found_among_others() {
        check("/?a=1&token=x.y.z&b", Ok(Some("x.y.z")));
    }

    #[test]
    fn another_parameter_is_no_token() {
        check("/?tokens=x&token", Ok(None));
        check("/", Ok(None));
    }

    #[test]
    fn two_values_under_one_name_are_refused() {
        check("/?token=x&token=y", Err(JwtErrorKind::AmbiguousToken));
    }
}
