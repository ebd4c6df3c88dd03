use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::ConfigError;
use crate::keys::KeySource;

/// An issuer whose tokens are accepted, with the keys and the rules for them.
///
/// ```
/// use jwt_layer::{Algorithm, KeySet, TrustedIssuer, VerifyingKey};
///
/// let key = VerifyingKey::hmac(Algorithm::HS256, [7; 32])?;
/// let issuer = TrustedIssuer::new("https://login.example", KeySet::new([key])?)
///     .audience("orders-api");
/// # let _ = issuer;
/// # Ok::<(), jwt_layer::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct TrustedIssuer {
    pub(super) name: Option<Arc<str>>,
    pub(super) keys: KeySource,
    pub(super) audience: Audience,
    pub(super) leeway: Duration,
    pub(super) profile: Profile,
}

/// Whom a token must be meant for.
#[derive(Clone, Debug)]
pub(super) enum Audience {
    AnyOf(Vec<String>),
    Unchecked,
}

/// What a token must be, beyond being signed and in time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// A JWT with an `exp` (RFC 7519). Its `typ` is absent, `JWT` or `at+jwt`; any other says
    /// that the token is for another purpose (RFC 8725 section 3.11). The default.
    #[default]
    Jwt,
    /// A JWT access token (RFC 9068): `typ` is `at+jwt`, and `iss`, `exp`, `aud`, `sub`,
    /// `client_id`, `iat` and `jti` are all there.
    AccessToken,
    /// A JWT whose `typ` is exactly this, as explicit typing wants it (RFC 8725 section 3.11).
    /// `application/` in front of it makes no difference, nor does case.
    Typed(String),
}

impl TrustedIssuer {
    /// Trusts the issuer of this exact name (`iss`, compared to the letter).
    pub fn new(issuer: impl Into<Arc<str>>, keys: impl Into<KeySource>) -> Self {
        Self::with_name(Some(issuer.into()), keys.into())
    }

    /// Trusts whoever holds the key, and ignores `iss`. Only for tokens of a program that sends
    /// none: where it is sent, [`new`](Self::new) checks it.
    pub fn dangerous_any_issuer(keys: impl Into<KeySource>) -> Self {
        Self::with_name(None, keys.into())
    }

    fn with_name(name: Option<Arc<str>>, keys: KeySource) -> Self {
        Self {
            name,
            keys,
            audience: Audience::AnyOf(Vec::new()),
            leeway: Duration::from_secs(30),
            profile: Profile::default(),
        }
    }

    /// Accepts tokens that name this audience (`aud`). Called again, it adds one: a token has to
    /// name one of them. Required.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        match &mut self.audience {
            Audience::AnyOf(audiences) => audiences.push(audience.into()),
            Audience::Unchecked => self.audience = Audience::AnyOf(vec![audience.into()]),
        }
        self
    }

    /// Accepts tokens for any audience, also those that were given to somebody else
    /// (RFC 8725 section 3.9 says why not).
    pub fn dangerous_any_audience(mut self) -> Self {
        self.audience = Audience::Unchecked;
        self
    }

    /// How far the issuer's clock may be off: `exp`, `nbf` and `iat` are each judged with it.
    /// From 0 to 120 s, 30 s by default.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// What the tokens must be; [`Profile::Jwt`] by default.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let audience_missing = match &self.audience {
            Audience::AnyOf(audiences) => audiences.iter().all(String::is_empty),
            Audience::Unchecked => false,
        };
        if self.name.as_deref() == Some("") {
            return Err(ConfigError::new("the issuer's name is empty; give the `iss` it sends"));
        }
        if audience_missing {
            return Err(ConfigError::new(
                "no audience is given: a token for another service would be accepted; \
                 call audience(..) with what the issuer puts into `aud`",
            ));
        }
        if self.leeway > Duration::from_secs(120) {
            return Err(ConfigError::new("the leeway is above 120 s; set the clocks instead"));
        }
        Ok(())
    }

    /// Whether this issuer's keys and rules are the ones for a token with this `iss`.
    pub(super) fn is_for(&self, issuer: Option<&str>) -> bool {
        self.name.is_none() || self.name.as_deref() == issuer
    }
}

impl fmt::Debug for TrustedIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustedIssuer")
            .field("name", &self.name)
            .field("audience", &self.audience)
            .field("leeway", &self.leeway)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}
