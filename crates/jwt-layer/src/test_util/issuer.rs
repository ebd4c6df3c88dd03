use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use auth_core::{Clock, ManualClock};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::TestToken;
use super::key::test_key;
use crate::{Algorithm, Jwk, KeySet, SigningKey, TrustedIssuer, Verifier};

/// An issuer that mints what a test needs, dated by a clock that the test moves. Clones share
/// clock and keys.
///
/// ```
/// use std::time::Duration;
/// use jwt_layer::test_util::TestIssuer;
/// use jwt_layer::{Algorithm, JwtErrorKind};
///
/// let issuer = TestIssuer::new(Algorithm::RS256);
/// let verifier = issuer.verifier();
/// let token = issuer.token("alice").scope("orders:write").role("admin").sign();
/// assert_eq!(verifier.verify(&token).unwrap().subject(), Some("alice"));
///
/// issuer.clock().advance(Duration::from_secs(2 * 3600));
/// assert_eq!(verifier.verify(&token).unwrap_err().kind(), JwtErrorKind::Expired);
/// ```
#[derive(Clone, Debug)]
pub struct TestIssuer {
    name: Arc<str>,
    audience: Arc<str>,
    key: SigningKey,
    keys: KeySet,
    clock: ManualClock,
    serial: Arc<AtomicU64>,
}

impl TestIssuer {
    /// An issuer `https://issuer.test` for the audience `https://api.test`, with a fixed key for
    /// the algorithm. Its clock stands at this second.
    pub fn new(algorithm: Algorithm) -> Self {
        let key = test_key(algorithm);
        Self {
            name: "https://issuer.test".into(),
            audience: "https://api.test".into(),
            keys: sole(&key),
            key,
            clock: ManualClock::new(this_second()),
            serial: Arc::default(),
        }
    }

    /// The same issuer under another name (`iss`).
    pub fn with_name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = name.into();
        self
    }

    /// The same issuer for another audience (`aud`).
    pub fn with_audience(mut self, audience: impl Into<Arc<str>>) -> Self {
        self.audience = audience.into();
        self
    }

    /// The same issuer with another key, and a [`KeySet`] of its own with that key in it. A key
    /// without an id gets one.
    ///
    /// # Panics
    /// If the key's id is empty.
    pub fn with_key(mut self, key: SigningKey) -> Self {
        self.key = if key.id().is_none() { key.with_id("test-key") } else { key };
        self.keys = sole(&self.key);
        self
    }

    /// Its name, the `iss` of its tokens.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whom its tokens are for, their `aud`.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The key that signs.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The keys that [`trusted`](Self::trusted) and [`verifier`](Self::verifier) know: at first
    /// the one that signs. A test may replace them, and remove it.
    pub fn keys(&self) -> KeySet {
        self.keys.clone()
    }

    /// The public keys as a JWK set, to publish or to write into a file. Secrets are not in it.
    pub fn jwks(&self) -> String {
        let keys: Vec<_> = self.keys.keys().iter().filter_map(Jwk::of).collect();
        serde_json::json!({ "keys": keys }).to_string()
    }

    /// The clock that dates its tokens and that its verifiers judge them by.
    pub fn clock(&self) -> ManualClock {
        self.clock.clone()
    }

    /// Trust in this issuer, its audience and its keys, with the default rules.
    pub fn trusted(&self) -> TrustedIssuer {
        TrustedIssuer::new(Arc::clone(&self.name), self.keys()).audience(&*self.audience)
    }

    /// A verifier that trusts this issuer alone, by its clock.
    pub fn verifier(&self) -> Verifier {
        self.verifier_of(self.trusted())
    }

    /// A verifier by this issuer's clock, with rules of the test's own: [`trusted`](Self::trusted)
    /// with another leeway, say.
    ///
    /// # Panics
    /// If there can be no such rules.
    pub fn verifier_of(&self, trusted: TrustedIssuer) -> Verifier {
        let verifier = Verifier::builder().trust(trusted).clock(self.clock()).build();
        verifier.expect("the rules should be possible")
    }

    /// A good token for this subject, to be refined and signed.
    pub fn token(&self, subject: &str) -> TestToken {
        TestToken::new(self, subject)
    }

    /// Signs any header and any payload as they are.
    ///
    /// ```
    /// # use jwt_layer::{Algorithm, test_util::TestIssuer};
    /// let issuer = TestIssuer::new(Algorithm::HS256);
    /// let token = issuer.sign_raw(r#"{"alg":"HS256","alg":"none"}"#, r#"{"sub":"alice"}"#);
    /// assert!(issuer.verifier().verify(&token).is_err());
    /// ```
    pub fn sign_raw(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        self.sign_parts(&encode(header.as_ref()), &encode(payload.as_ref()))
    }

    /// Signs two parts as they are, which need not even be base64url, and adds the signature as
    /// the third.
    ///
    /// # Panics
    /// If the system gives no randomness to an algorithm that needs it.
    pub fn sign_parts(&self, header: &str, payload: &str) -> String {
        let signed = format!("{header}.{payload}");
        let signature = self.key.sign(signed.as_bytes()).expect("the system gives randomness");
        format!("{signed}.{}", encode(&signature))
    }

    pub(super) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// A number that no other token of the issuer has.
    pub(super) fn next_serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }
}

fn sole(key: &SigningKey) -> KeySet {
    KeySet::new([key.verifying_key().clone()]).expect("a key with an id makes a set")
}

fn this_second() -> SystemTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
