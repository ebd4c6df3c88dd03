use std::time::Duration;

use http::HeaderMap;
use http::header::CACHE_CONTROL;

/// How long an answer says that it may be used (RFC 9111 section 5.2.2); the shortest of several,
/// and none if it says nothing.
pub(super) fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all(CACHE_CONTROL).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(lifetime).min()
}

fn lifetime(directive: &str) -> Option<Duration> {
    let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
    match name.trim().to_ascii_lowercase().as_str() {
        "no-store" | "no-cache" => Some(Duration::ZERO),
        "max-age" => value.trim().trim_matches('"').parse().ok().map(Duration::from_secs),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(values: &[&'static str], seconds: Option<u64>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CACHE_CONTROL, HeaderValue::from_static(value));
        }
        assert_eq!(max_age(&headers), seconds.map(Duration::from_secs), "{values:?}");
    }

    #[test]
    fn max_age_is_read() {
        check(&["max-age=60"], Some(60));
        check(&["public, Max-Age=\"60\" , must-revalidate"], Some(60));
        check(&["public", "max-age=60"], Some(60));
    }

    #[test]
    fn the_shortest_counts() {
        check(&["max-age=60, max-age=30"], Some(30));
        check(&["max-age=60, no-cache"], Some(0));
        check(&["no-store"], Some(0));
    }

    #[test]
    fn what_is_no_number_says_nothing() {
        check(&[], None);
        check(&["public"], None);
        check(&["max-age=-1"], None);
        check(&["max-age=99999999999999999999"], None);
        check(&["s-maxage=5"], None);
    }
}
