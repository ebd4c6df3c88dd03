use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use auth_core::{Clock, SharedClock};
use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::grant::{Grant, seconds};
use super::jwks::{self, Published};
use crate::{ConfigError, KeySet, SigningKey, VerifyingKey};

/// Issues signed tokens under one name, with a key that is parsed once. Clones share it.
///
/// ```
/// use std::time::Duration;
/// use jwt_layer::{Algorithm, Grant, Issuer, SigningKey, TrustedIssuer, Verifier};
///
/// let key = SigningKey::generate(Algorithm::ES256)?;
/// let issuer = Issuer::builder("https://login.example", key)
///     .audience("orders-api")
///     .lifetime(Duration::from_secs(600))
///     .build()?;
/// let token = issuer.issue(&Grant::to("alice").client_id("web").scope("orders:write"))?;
///
/// let trusted = TrustedIssuer::new("https://login.example", issuer.keys()).audience("orders-api");
/// let verifier = Verifier::builder().trust(trusted).build()?;
/// assert_eq!(verifier.verify(token.as_str())?.subject(), Some("alice"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Every token has `iss`, `aud`, `sub`, `iat`, `exp` and a `jti` of 128 random bits, and its
/// header a `typ` of `at+jwt` unless told otherwise.
///
/// # Rotation
///
/// A verifier must know a key before it meets a token of it, and for as long as one lives:
/// [publish](IssuerBuilder::publish) the next key, [rotate](Self::rotate) to it when the caches of
/// the key set have run out, and publish the old one until its last token has expired.
#[derive(Clone)]
pub struct Issuer(Arc<Inner>);

struct Inner {
    name: String,
    audience: Vec<String>,
    lifetime: Duration,
    token_type: String,
    clock: SharedClock,
    active: ArcSwap<Active>,
    keys: KeySet,
    published: Arc<ArcSwap<Published>>,
}

/// The key that signs, with the header that goes with it already encoded.
struct Active {
    key: SigningKey,
    header: String,
}

/// Why a token could not be issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueError {
    /// The claims do not serialize to a JSON object, or name a registered claim or a name twice.
    Claims,
    /// The grant has no subject.
    Subject,
    /// The signature could not be made.
    Signature,
}

impl fmt::Display for IssueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Claims => {
                "the claims must be a JSON object that names nothing twice and no registered claim"
            }
            Self::Subject => "the grant has an empty subject",
            Self::Signature => "the token could not be signed",
        })
    }
}

impl std::error::Error for IssueError {}

/// A signed token. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedToken {
    token: String,
    id: String,
    lifetime: Duration,
}

impl IssuedToken {
    /// The token in its compact serialization.
    pub fn as_str(&self) -> &str {
        &self.token
    }

    /// The token in its compact serialization.
    pub fn into_string(self) -> String {
        self.token
    }

    /// Its `jti`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How long it is good for: `expires_in` of RFC 6749 section 5.1.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Payload<'a, C> {
    iss: &'a str,
    aud: OneOrMany<'a>,
    iat: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<u64>,
    exp: u64,
    jti: &'a str,
    #[serde(flatten)]
    grant: &'a Grant<C>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum OneOrMany<'a> {
    One(&'a str),
    Many(&'a [String]),
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

impl Issuer {
    /// An issuer of this name (`iss`), which signs with this key.
    pub fn builder(name: impl Into<String>, key: SigningKey) -> IssuerBuilder {
        IssuerBuilder {
            name: name.into(),
            key,
            audience: Vec::new(),
            lifetime: Duration::from_secs(900),
            token_type: "at+jwt".to_owned(),
            published: Vec::new(),
            clock: SharedClock::default(),
        }
    }

    /// Issues a token.
    ///
    /// # Errors
    /// [`IssueError`], if the claims can't be those of a token.
    pub fn issue<C: Serialize>(&self, grant: &Grant<C>) -> Result<IssuedToken, IssueError> {
        if grant.sub.is_empty() {
            return Err(IssueError::Subject);
        }
        let id = random_id().ok_or(IssueError::Signature)?;
        let payload = self.payload(grant, &id)?;
        let token = self.sign(&payload).ok_or(IssueError::Signature)?;
        Ok(IssuedToken { token, id, lifetime: self.0.lifetime })
    }

    fn payload<C: Serialize>(&self, grant: &Grant<C>, id: &str) -> Result<String, IssueError> {
        let now = self.0.clock.now();
        let payload = Payload {
            iss: &self.0.name,
            aud: match self.0.audience.as_slice() {
                [one] => OneOrMany::One(one),
                many => OneOrMany::Many(many),
            },
            iat: seconds(now),
            nbf: grant.not_before.map(seconds),
            exp: seconds(now + self.0.lifetime),
            jti: id,
            grant,
        };
        let json = serde_json::to_string(&payload).map_err(|_| IssueError::Claims)?;
        // Claims of the user's own may collide with ours; what verifies tokens finds it out.
        crate::verify::is_claims_set(&json).then_some(json).ok_or(IssueError::Claims)
    }

    fn sign(&self, payload: &str) -> Option<String> {
        let active = self.0.active.load();
        let mut token = String::with_capacity(active.header.len() + payload.len() * 4 / 3 + 700);
        token.push_str(&active.header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = active.key.sign(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Some(token)
    }

    /// The keys that verify this issuer's tokens: the one that signs and the published ones. The
    /// set follows rotations.
    pub fn keys(&self) -> KeySet {
        self.0.keys.clone()
    }

    /// The lifetime of the tokens.
    pub fn lifetime(&self) -> Duration {
        self.0.lifetime
    }

    /// Signs with another key from now on, and publishes these keys beside it: the old one, until
    /// its last token has expired, and perhaps the next.
    ///
    /// # Errors
    /// If two of the keys have the same id; nothing is then changed.
    pub fn rotate(
        &self,
        key: SigningKey,
        published: impl IntoIterator<Item = VerifyingKey>,
    ) -> Result<(), ConfigError> {
        let keys: Vec<_> = [key.verifying_key().clone()].into_iter().chain(published).collect();
        let active = Active::new(key, &self.0.token_type)?;
        self.0.keys.replace(keys.iter().cloned())?;
        self.0.published.store(Arc::new(Published::new(&keys)));
        self.0.active.store(Arc::new(active));
        Ok(())
    }

    /// A router that serves the public keys at `/.well-known/jwks.json` (RFC 7517 section 5), with
    /// `Cache-Control` and an `ETag`. Shared secrets are never in it.
    pub fn jwks_router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        jwks::router(Arc::clone(&self.0.published))
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer")
            .field("name", &self.0.name)
            .field("audience", &self.0.audience)
            .field("key", &self.0.active.load().key)
            .finish_non_exhaustive()
    }
}

impl Active {
    fn new(key: SigningKey, token_type: &str) -> Result<Self, ConfigError> {
        let header = Header { alg: key.algorithm().name(), typ: token_type, kid: key.id() };
        let json = serde_json::to_vec(&header)
            .map_err(|_| ConfigError::new("the header can't be written"))?;
        Ok(Self { header: URL_SAFE_NO_PAD.encode(json), key })
    }
}

fn random_id() -> Option<String> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// Settings of an [`Issuer`].
#[derive(Debug)]
#[must_use]
pub struct IssuerBuilder {
    name: String,
    key: SigningKey,
    audience: Vec<String>,
    lifetime: Duration,
    token_type: String,
    published: Vec<VerifyingKey>,
    clock: SharedClock,
}

impl IssuerBuilder {
    /// Whom the tokens are for (`aud`). Called again, it adds one. Required (RFC 9068
    /// section 2.2, RFC 8725 section 3.9).
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience.push(audience.into());
        self
    }

    /// How long a token is good for, in whole seconds; 15 minutes by default, a day at most.
    /// A token that nobody can take back should not live long.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// The `typ` of the tokens; `at+jwt`, an access token of RFC 9068, by default.
    pub fn token_type(mut self, token_type: impl Into<String>) -> Self {
        self.token_type = token_type.into();
        self
    }

    /// Publishes a key that does not sign: the next one, or the one before. Called again, it adds
    /// one.
    pub fn publish(mut self, key: VerifyingKey) -> Self {
        self.published.push(key);
        self
    }

    /// Takes `iat`, `nbf` and `exp` from this clock; the system's by default.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = SharedClock::new(clock);
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// If the name or the audience is missing, the lifetime is below one second or above a day, or
    /// two keys have the same id.
    pub fn build(self) -> Result<Issuer, ConfigError> {
        self.check()?;
        let verifying = self.key.verifying_key().clone();
        let keys: Vec<_> = [verifying].into_iter().chain(self.published).collect();
        Ok(Issuer(Arc::new(Inner {
            active: ArcSwap::from_pointee(Active::new(self.key, &self.token_type)?),
            published: Arc::new(ArcSwap::from_pointee(Published::new(&keys))),
            keys: KeySet::new(keys)?,
            name: self.name,
            audience: self.audience,
            lifetime: Duration::from_secs(self.lifetime.as_secs()),
            token_type: self.token_type,
            clock: self.clock,
        })))
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.name.is_empty() {
            return Err(ConfigError::new("the issuer's name is empty; give an https URL"));
        }
        if self.audience.is_empty() || self.audience.iter().any(String::is_empty) {
            return Err(ConfigError::new(
                "no audience is given: any service that trusts the issuer would accept the \
                 tokens; call audience(..)",
            ));
        }
        if !(Duration::from_secs(1)..=Duration::from_secs(86_400)).contains(&self.lifetime) {
            return Err(ConfigError::new("the lifetime must be between 1 s and 24 h"));
        }
        Ok(())
    }
}
