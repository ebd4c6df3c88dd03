use std::fmt;
use std::time::Duration;

use auth_core::TokenBinding;
use http::HeaderValue;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::fingerprint::Fingerprint;

/// What a new token is bound to, from [`TokenGuardLayer::bind`](super::TokenGuardLayer::bind): the
/// claim for the token, and the cookie for the client.
///
/// To serde it is an object of one member, [`TokenBinding::CLAIM`], to be flattened into the claims of
/// a token. Its `Debug` shows neither claim nor cookie.
#[must_use = "a token is bound when it has the claim, and its client the cookie"]
pub struct IssuedBinding {
    claim: String,
    fingerprint: Option<Fingerprint>,
}

impl IssuedBinding {
    pub(super) fn new(claim: String, fingerprint: Option<Fingerprint>) -> Self {
        Self { claim, fingerprint }
    }

    /// The value of the claim [`TokenBinding::CLAIM`].
    pub fn claim(&self) -> &str {
        &self.claim
    }

    /// The `Set-Cookie` field for the response that has the token, where the guard has a fingerprint
    /// cookie: `__Secure-Fgp`, with `Secure`, `HttpOnly`, `SameSite=Strict` and `Path=/`, for as long
    /// as the token lives.
    pub fn set_cookie(&self, lifetime: Duration) -> Option<HeaderValue> {
        self.fingerprint.as_ref()?.set_cookie(lifetime)
    }
}

impl Serialize for IssuedBinding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(TokenBinding::CLAIM, &self.claim)?;
        map.end()
    }
}

impl fmt::Debug for IssuedBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has_cookie = self.fingerprint.is_some();
        f.debug_struct("IssuedBinding").field("has_cookie", &has_cookie).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_is_a_claim_to_serde_and_shows_nothing_to_debug() {
        let binding = IssuedBinding::new("sealed".into(), Fingerprint::draw());
        assert_eq!(serde_json::to_string(&binding).unwrap(), r#"{"bound_to":"sealed"}"#);
        assert_eq!(format!("{binding:?}"), "IssuedBinding { has_cookie: true, .. }");
    }

    #[test]
    fn there_is_no_cookie_without_a_fingerprint() {
        let binding = IssuedBinding::new("sealed".into(), None);
        assert_eq!(binding.set_cookie(Duration::from_secs(1)), None);
    }
}
