use std::time::{Duration, SystemTime};

use aws_lc_rs::hmac;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::issuer::encode;
use super::{Flaw, TestIssuer};
use crate::Jwk;

/// A token that a [`TestIssuer`] is about to sign: good, unless the test breaks it.
///
/// It has every claim of an RFC 9068 access token and lives for an hour. [`sign`](Self::sign)
/// gives it as it is; the methods named after a flaw give it with that one thing wrong.
///
/// ```
/// use jwt_layer::{Algorithm, test_util::TestIssuer};
///
/// let issuer = TestIssuer::new(Algorithm::HS256);
/// let token = issuer.token("alice").scope("orders:read").claim("tenant", 7);
/// assert!(issuer.verifier().verify(&token.sign()).is_ok());
/// assert!(issuer.verifier().verify(&token.wrong_audience()).is_err());
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct TestToken {
    issuer: TestIssuer,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

const HOUR: Duration = Duration::from_secs(3600);

impl TestToken {
    pub(super) fn new(issuer: &TestIssuer, subject: &str) -> Self {
        let key = issuer.key();
        let token = Self { issuer: issuer.clone(), header: Map::default(), claims: Map::default() };
        token
            .header("alg", key.algorithm().name())
            .header("typ", "at+jwt")
            .header("kid", key.id())
            .claim("iss", issuer.name())
            .claim("aud", issuer.audience())
            .claim("sub", subject)
            .claim("client_id", "test-client")
            .claim("jti", format!("test-{}", issuer.next_serial()))
            .claim("iat", seconds(issuer.now()))
            .claim("exp", seconds(issuer.now() + HOUR))
    }

    /// Adds scopes (`scope`), separated by spaces.
    pub fn scope(self, scope: &str) -> Self {
        let granted = self.claims.get("scope").and_then(Value::as_str);
        let all = granted.map_or_else(|| scope.to_owned(), |granted| format!("{granted} {scope}"));
        self.claim("scope", all)
    }

    /// Adds a role (`roles`).
    pub fn role(mut self, role: &str) -> Self {
        let roles = self.claims.entry("roles").or_insert_with(|| json!([]));
        if let Value::Array(roles) = roles {
            roles.push(role.into());
        }
        self
    }

    /// Gives a claim this value, registered ones as well.
    ///
    /// # Panics
    /// If the value does not serialize to JSON.
    pub fn claim(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).expect("a claim should serialize");
        self.claims.insert(name.to_owned(), value);
        self
    }

    /// Gives it all the claims of a value.
    ///
    /// # Panics
    /// If the value does not serialize to a JSON object.
    pub fn claims(self, claims: impl Serialize) -> Self {
        let claims = serde_json::to_value(claims).ok();
        let claims = claims.as_ref().and_then(Value::as_object).cloned();
        let claims = claims.expect("claims should serialize to an object");
        claims.into_iter().fold(self, |token, (name, value)| token.claim(&name, value))
    }

    /// Takes a claim away.
    pub fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Gives a header parameter this value; `null` takes it away.
    ///
    /// # Panics
    /// If the value does not serialize to JSON.
    pub fn header(mut self, name: &str, value: impl Serialize) -> Self {
        match serde_json::to_value(value).expect("a parameter should serialize") {
            Value::Null => self.header.remove(name),
            value => self.header.insert(name.to_owned(), value),
        };
        self
    }

    /// Lets it expire after this time.
    pub fn expires_in(self, lifetime: Duration) -> Self {
        let expires_at = seconds(self.issuer.now() + lifetime);
        self.claim("exp", expires_at)
    }

    /// The token as it is.
    pub fn sign(&self) -> String {
        self.issuer.sign_raw(json(&self.header), json(&self.claims))
    }

    /// The token, expired an hour ago.
    pub fn expired(&self) -> String {
        self.flawed(Flaw::Expired)
    }

    /// The token, good from an hour ahead on.
    pub fn not_yet_valid(&self) -> String {
        self.flawed(Flaw::NotYetValid)
    }

    /// The token, for another audience.
    pub fn wrong_audience(&self) -> String {
        self.flawed(Flaw::WrongAudience)
    }

    /// The token, under another issuer's name.
    pub fn wrong_issuer(&self) -> String {
        self.flawed(Flaw::WrongIssuer)
    }

    /// The token, with the `typ` of a logout token.
    pub fn wrong_type(&self) -> String {
        self.flawed(Flaw::WrongType)
    }

    /// The token, with a signature that was changed.
    pub fn bad_signature(&self) -> String {
        self.flawed(Flaw::BadSignature)
    }

    /// The token, naming a key that nobody has.
    pub fn unknown_key(&self) -> String {
        self.flawed(Flaw::UnknownKey)
    }

    /// The token without a signature, its `alg` being `none`.
    pub fn unsigned(&self) -> String {
        self.flawed(Flaw::Unsigned)
    }

    /// The token, with a payload that breaks off.
    pub fn malformed(&self) -> String {
        self.flawed(Flaw::Malformed)
    }

    /// The token with this one thing wrong, and signed in spite of it where that is possible.
    pub fn flawed(&self, flaw: Flaw) -> String {
        let now = self.issuer.now();
        let token = self.clone();
        match flaw {
            Flaw::Expired => {
                token.claim("iat", seconds(now - 2 * HOUR)).claim("exp", seconds(now - HOUR)).sign()
            }
            Flaw::NotYetValid => {
                token.claim("nbf", seconds(now + HOUR)).expires_in(2 * HOUR).sign()
            }
            Flaw::IssuedInFuture => {
                token.claim("iat", seconds(now + HOUR)).expires_in(2 * HOUR).sign()
            }
            Flaw::WrongAudience => token.claim("aud", "https://other-api.test").sign(),
            Flaw::NoAudience => token.without("aud").sign(),
            Flaw::WrongIssuer => token.claim("iss", "https://other-issuer.test").sign(),
            Flaw::NoIssuer => token.without("iss").sign(),
            Flaw::NoExpiry => token.without("exp").sign(),
            Flaw::WrongType => token.header("typ", "logout+jwt").sign(),
            Flaw::BadSignature => with_another_character(&self.sign()),
            Flaw::ChangedClaims => self.changed_claims(),
            Flaw::UnknownKey => token.header("kid", "nobody").sign(),
            Flaw::Unsigned => token.header("alg", "none").unsigned_parts() + ".",
            Flaw::ConfusedAlgorithm => self.confused_algorithm(),
            Flaw::CriticalExtension => token.header("crit", ["b64"]).header("b64", true).sign(),
            Flaw::DuplicateClaim => {
                self.with_payload(|json| json.replacen('{', r#"{"sub":"","#, 1))
            }
            Flaw::Malformed => self.with_payload(|json| json.chars().take(12).collect()),
            Flaw::Encrypted => format!("{}.AAAA.AAAA.AAAA", token.unsigned_parts()),
        }
    }

    fn unsigned_parts(&self) -> String {
        let (header, claims) = (json(&self.header), json(&self.claims));
        format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()))
    }

    fn with_payload(&self, change: impl FnOnce(String) -> String) -> String {
        self.issuer.sign_raw(json(&self.header), change(json(&self.claims)))
    }

    fn changed_claims(&self) -> String {
        let signed = self.sign();
        let signature = signed.rsplit('.').next().unwrap_or_default();
        let changed = self.clone().claim("sub", "somebody-else").unsigned_parts();
        format!("{changed}.{signature}")
    }

    fn confused_algorithm(&self) -> String {
        match Jwk::of(self.issuer.key().verifying_key()) {
            None => self.clone().header("alg", "RS256").sign(),
            Some(public) => {
                let signed = self.clone().header("alg", "HS256").unsigned_parts();
                let secret = serde_json::to_vec(&public).unwrap_or_default();
                let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
                let signature = hmac::sign(&key, signed.as_bytes());
                format!("{signed}.{}", encode(signature.as_ref()))
            }
        }
    }
}

/// The token with another first character in the signature.
fn with_another_character(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    let other = match signature.chars().next() {
        Some('A') => 'B',
        _ => 'A',
    };
    let rest: String = signature.chars().skip(1).collect();
    format!("{signed}.{other}{rest}")
}

fn json(members: &Map<String, Value>) -> String {
    serde_json::to_string(members).expect("a map of JSON values serializes")
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
