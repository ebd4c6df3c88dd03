use std::fmt;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

/// The name of the cookie. Browsers take it over https only, and from no page but the server's.
const NAME: &str = "__Secure-Fgp";

/// More cookies of one name than any browser has; each costs a hash.
const MOST: usize = 8;

/// 256 random bits that only the client has, in a cookie.
#[derive(Clone)]
pub(super) struct Fingerprint(String);

/// What a token has of a fingerprint: its SHA-256, which opens nothing.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FingerprintHash([u8; 32]);

impl Fingerprint {
    /// None if the system has no randomness to give.
    pub(super) fn draw() -> Option<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub(super) fn hash(&self) -> Option<FingerprintHash> {
        FingerprintHash::of(&self.0)
    }

    /// The `Set-Cookie` field: for this host, hidden from scripts, and from other sites' requests.
    pub(super) fn set_cookie(&self, lifetime: Duration) -> Option<HeaderValue> {
        let (value, seconds) = (&self.0, lifetime.as_secs());
        let attributes = "Path=/; Secure; HttpOnly; SameSite=Strict";
        let text = format!("{NAME}={value}; Max-Age={seconds}; {attributes}");
        let mut field = HeaderValue::try_from(text).ok()?;
        field.set_sensitive(true);
        Some(field)
    }
}

impl FingerprintHash {
    fn of(value: &str) -> Option<Self> {
        digest(&SHA256, value.as_bytes()).as_ref().try_into().map(Self).ok()
    }

    /// Whether the cookie came along. Of several of the name one has to be right: a page of a
    /// neighbouring host can add one, and take none away.
    pub(super) fn is_shown_by(self, headers: &HeaderMap) -> bool {
        let texts = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let pairs = texts.flat_map(|text| text.split(';'));
        let named = pairs.filter_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='));
        named.take(MOST).filter_map(Self::of).any(|shown| shown.is_same(self))
    }

    fn is_same(self, other: Self) -> bool {
        verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

/// Without the value, which is half of what a thief needs.
impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint")
    }
}

impl fmt::Debug for FingerprintHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintHash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint() -> Fingerprint {
        Fingerprint::draw().unwrap()
    }

    #[track_caller]
    fn check(fingerprint: &Fingerprint, cookies: &[String], expected: bool) {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(COOKIE, cookie.parse().unwrap());
        }
        assert_eq!(fingerprint.hash().unwrap().is_shown_by(&headers), expected, "{cookies:?}");
    }

    #[test]
    fn a_fingerprint_has_256_bits_and_is_never_the_same() {
        let (one, other) = (fingerprint(), fingerprint());
        assert_eq!(URL_SAFE_NO_PAD.decode(&one.0).unwrap().len(), 32);
        assert_ne!(one.0, other.0);
    }

    #[test]
    fn the_cookie_is_one_that_no_script_and_no_other_site_gets() {
        let fingerprint = Fingerprint("VALUE".to_owned());
        let field = fingerprint.set_cookie(Duration::from_secs(900)).unwrap();
        let expected = "__Secure-Fgp=VALUE; Max-Age=900; Path=/; Secure; HttpOnly; SameSite=Strict";
        assert_eq!(field, expected);
        assert!(field.is_sensitive());
    }

    #[test]
    fn the_right_cookie_is_found_among_others() {
        let (one, other) = (fingerprint(), fingerprint());
        check(&one, &[format!("a=1; __Secure-Fgp={}; b=2", one.0)], true);
        check(&one, &["a=1".to_owned(), format!("__Secure-Fgp={}", one.0)], true);
        check(&one, &[format!("__Secure-Fgp={}; __Secure-Fgp={}", other.0, one.0)], true);
    }

    #[test]
    fn another_cookie_is_none() {
        let (one, other) = (fingerprint(), fingerprint());
        check(&one, &[], false);
        check(&one, &["__Secure-Fgp=".to_owned(), "__Secure-Fgp".to_owned()], false);
        check(&one, &[format!("__Secure-Fgp={}", other.0)], false);
        check(&one, &[format!("Fgp={0}; __Secure-Fgp2={0}; __secure-fgp={0}", one.0)], false);
        check(&one, &[format!("__Secure-Fgp={}x", one.0)], false);
    }

    #[test]
    fn nobody_has_the_server_hash_any_number_of_cookies() {
        let (one, other) = (fingerprint(), fingerprint());
        let mut cookies = vec![format!("__Secure-Fgp={}", other.0); MOST - 1];
        cookies.push(format!("__Secure-Fgp={}", one.0));
        check(&one, &cookies, true);
        cookies.insert(0, "__Secure-Fgp=a".to_owned());
        check(&one, &cookies, false);
    }

    #[test]
    fn neither_shows_itself_to_debug() {
        let fingerprint = fingerprint();
        assert_eq!(format!("{fingerprint:?}"), "Fingerprint");
        assert_eq!(format!("{:?}", fingerprint.hash().unwrap()), "FingerprintHash");
    }
}
