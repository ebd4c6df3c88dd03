use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue, StatusCode};

/// How a response takes the cookie along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// No shared cache stores it.
    AsItIs,
    /// A shared cache might store it, unless it is told not to.
    MadePrivate,
    /// It is for everybody, or from an instance that fails.
    Withheld,
}

pub(super) fn delivery(status: StatusCode, headers: &HeaderMap) -> Delivery {
    if status.is_server_error() || status == StatusCode::NOT_MODIFIED {
        return Delivery::Withheld;
    }
    let caching = Caching::of(headers);
    if TARGETED_FIELDS.iter().any(|field| headers.contains_key(*field)) {
        Delivery::Withheld
    } else if caching.is_private {
        Delivery::AsItIs
    } else if caching.is_public || caching.shared_age.or(caching.age).is_some_and(|age| age > 0) {
        Delivery::Withheld
    } else {
        Delivery::MadePrivate
    }
}

/// The directives of `Cache-Control` that say who may store (RFC 9111 section 5.2.2).
#[derive(Default)]
struct Caching {
    is_private: bool,
    is_public: bool,
    age: Option<u64>,
    shared_age: Option<u64>,
}

impl Caching {
    fn of(headers: &HeaderMap) -> Self {
        let mut caching = Self::default();
        let lines = headers.get_all(CACHE_CONTROL).into_iter().map(HeaderValue::as_bytes);
        for directive in lines.flat_map(|line| line.split(|byte| *byte == b',')) {
            caching.read(&String::from_utf8_lossy(directive).trim().to_ascii_lowercase());
        }
        caching
    }

    fn read(&mut self, directive: &str) {
        match directive.split_once('=') {
            // `private` with field names leaves the rest of the response to everybody.
            None if directive == "private" || directive == "no-store" => self.is_private = true,
            None if directive == "public" => self.is_public = true,
            Some(("max-age", seconds)) => self.age = Some(whole_seconds(seconds)),
            Some(("s-maxage", seconds)) => self.shared_age = Some(whole_seconds(seconds)),
            _ => {}
        }
    }
}

/// A number that can not be read is stale (RFC 9111 section 4.2.1); one that is too large is not.
fn whole_seconds(text: &str) -> u64 {
    let digits = text.trim_matches('"');
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().unwrap_or(u64::MAX) } else { 0 }
}

/// Fields that a cache obeys in place of `Cache-Control` (RFC 9213).
const TARGETED_FIELDS: [&str; 2] = ["cdn-cache-control", "surrogate-control"];

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    #[track_caller]
    fn check(cache_control: &str, expected: Delivery) {
        let headers = HeaderMap::from_iter([(CACHE_CONTROL, cache_control.parse().unwrap())]);
        assert_eq!(delivery(StatusCode::OK, &headers), expected, "{cache_control}");
    }

    #[test]
    fn a_response_that_says_nothing_is_made_private() {
        assert_eq!(delivery(StatusCode::OK, &HeaderMap::new()), Delivery::MadePrivate);
    }

    #[test]
    fn a_response_of_the_clients_own_is_left_as_it_is() {
        for text in ["private", "no-store", "Private, max-age=60", "max-age=60, no-store"] {
            check(text, Delivery::AsItIs);
        }
    }

    #[test]
    fn a_response_for_everybody_gets_no_cookie() {
        for text in [
            "public",
            "PUBLIC, max-age=0",
            "max-age=60",
            "max-age=0,s-maxage=60",
            "max-age=\"60\"",
            "max-age=99999999999999999999999",
            "private=\"set-cookie\", max-age=60",
        ] {
            check(text, Delivery::Withheld);
        }
    }

    #[test]
    fn a_response_that_is_stale_at_once_is_made_private() {
        for text in
            ["no-cache", "max-age=0, must-revalidate", "max-age=60, s-maxage=0", "max-age=x"]
        {
            check(text, Delivery::MadePrivate);
        }
    }

    #[test]
    fn all_lines_of_cache_control_count() {
        let mut headers = HeaderMap::new();
        headers.append(CACHE_CONTROL, HeaderValue::from_static("max-age=60"));
        headers.append(CACHE_CONTROL, HeaderValue::from_static("private"));
        assert_eq!(delivery(StatusCode::OK, &headers), Delivery::AsItIs);
    }

    #[test]
    fn a_response_with_orders_for_a_cdn_gets_no_cookie() {
        for field in TARGETED_FIELDS {
            let name = HeaderName::from_static(field);
            let headers = HeaderMap::from_iter([(name, HeaderValue::from_static("max-age=60"))]);
            assert_eq!(delivery(StatusCode::OK, &headers), Delivery::Withheld);
        }
    }

    #[test]
    fn server_errors_and_not_modified_get_no_cookie() {
        for status in [500, 502, 503, 304] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(delivery(status, &HeaderMap::new()), Delivery::Withheld);
        }
    }

    #[test]
    fn redirects_and_client_errors_get_the_cookie() {
        for status in [101, 303, 401, 404] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(delivery(status, &HeaderMap::new()), Delivery::MadePrivate);
        }
    }
}
