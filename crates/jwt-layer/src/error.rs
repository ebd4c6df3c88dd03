use std::borrow::Cow;
use std::fmt;

/// Why a request was refused, or a token is not good.
///
/// Its `Display` is a fixed text per kind and holds nothing of the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwtError {
    kind: JwtErrorKind,
    issuer: Option<usize>,
}

/// The kinds of [`JwtError`]. The word in [`code`](Self::code) is the same in the problem's
/// `code`, in metrics and in logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JwtErrorKind {
    /// The route needs a token and none was sent.
    MissingToken,
    /// Two different tokens, or two `Authorization` headers, in one request.
    AmbiguousToken,
    /// A header that should hold a token does not have the form of RFC 6750 section 2.1.
    MalformedHeader,
    /// Not a JWT, or one that breaks a rule of RFC 7515, RFC 7519 or RFC 8725, or whose claims
    /// lack what the profile or the handler needs.
    MalformedToken,
    /// `exp` has passed.
    Expired,
    /// `nbf` or `iat` lies in the future.
    NotYetValid,
    /// The signature does not belong to the token.
    BadSignature,
    /// No key of the issuer fits the token's key id and algorithm.
    UnknownKey,
    /// `iss` is not one that is trusted.
    WrongIssuer,
    /// `aud` does not name this audience.
    WrongAudience,
    /// `typ` says that the token is for another purpose.
    WrongType,
    /// The token, or all earlier tokens of its subject, were revoked.
    Revoked,
    /// The issuer's keys could not be loaded: nothing can be decided.
    KeysUnavailable,
    /// The token lacks a scope or a role.
    InsufficientScope,
}

impl JwtErrorKind {
    /// The kind in one word.
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingToken => "missing_token",
            Self::AmbiguousToken => "ambiguous_token",
            Self::MalformedHeader => "malformed_header",
            Self::MalformedToken => "malformed_token",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::BadSignature => "bad_signature",
            Self::UnknownKey => "unknown_key",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongAudience => "wrong_audience",
            Self::WrongType => "wrong_type",
            Self::Revoked => "revoked",
            Self::KeysUnavailable => "keys_unavailable",
            Self::InsufficientScope => "insufficient_scope",
        }
    }

    /// The fixed text that a client may see.
    pub fn description(self) -> &'static str {
        match self {
            Self::MissingToken => "this resource needs an access token",
            Self::AmbiguousToken => "the request carries more than one token",
            Self::MalformedHeader => "the header that carries the token is malformed",
            Self::MalformedToken => "the token is malformed",
            Self::Expired => "the token has expired",
            Self::NotYetValid => "the token is not valid yet",
            Self::BadSignature => "the signature of the token is not valid",
            Self::UnknownKey => "the token was signed with an unknown key",
            Self::WrongIssuer => "the issuer of the token is not trusted",
            Self::WrongAudience => "the token is meant for another audience",
            Self::WrongType => "the token is of another type",
            Self::Revoked => "the token has been revoked",
            Self::KeysUnavailable => "the token can not be verified at the moment",
            Self::InsufficientScope => "the token does not permit this request",
        }
    }
}

impl JwtError {
    /// The kind of error.
    pub fn kind(&self) -> JwtErrorKind {
        self.kind
    }

    pub(crate) fn of_issuer(kind: JwtErrorKind, issuer: usize) -> Self {
        Self { kind, issuer: Some(issuer) }
    }

    /// Which trusted issuer's rules or keys said no.
    pub(crate) fn issuer(&self) -> Option<usize> {
        self.issuer
    }
}

impl From<JwtErrorKind> for JwtError {
    fn from(kind: JwtErrorKind) -> Self {
        Self { kind, issuer: None }
    }
}

impl fmt::Display for JwtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.description())
    }
}

impl std::error::Error for JwtError {}

/// A configuration that can not work, found before any request: what is wrong, and what to do
/// instead. It holds no key material.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(Cow<'static, str>);

impl ConfigError {
    pub(crate) fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}
