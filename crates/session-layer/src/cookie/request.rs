use http::HeaderMap;
use http::header::COOKIE;

/// The values of all cookies of a name, in the order in which the request has them.
///
/// Several `Cookie` lines count as one (HTTP/2 may split them, RFC 9113 section 8.2.3). Names are
/// compared byte by byte, and quotes are part of the value (RFC 6265bis section 5.6).
pub(crate) fn values<'a>(
    headers: &'a HeaderMap,
    name: &'a str,
) -> impl Iterator<Item = &'a [u8]> + 'a {
    let lines = headers.get_all(COOKIE).into_iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| value_of(pair, name))
}

fn value_of<'a>(pair: &'a [u8], name: &str) -> Option<&'a [u8]> {
    pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"=")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[track_caller]
    fn check(lines: &[&'static str], expected: &[&str]) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        let found: Vec<_> =
            values(&headers, "srv_id").map(|value| str::from_utf8(value).unwrap()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        check(&["a=b; srv_id=one; c=d"], &["one"]);
    }

    #[test]
    fn split_cookie_lines_count_as_one() {
        check(&["a=b", "srv_id=one"], &["one"]);
    }

    #[test]
    fn all_cookies_of_the_name_are_found_in_order() {
        check(&["srv_id=one; srv_id=two", "srv_id="], &["one", "two", ""]);
    }

    #[test]
    fn another_name_is_not_found() {
        check(&["xsrv_id=one; srv_idx=two; SRV_ID=three; srv_id; =srv_id"], &[]);
    }

    #[test]
    fn an_equals_sign_and_quotes_belong_to_the_value() {
        check(&["srv_id=a=b;srv_id=\"c\""], &["a=b", "\"c\""]);
    }
}
