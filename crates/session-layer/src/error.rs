use std::borrow::Cow;
use std::fmt;

/// A layer was configured in a way that can not work, found before any request.
///
/// Its text says what to do about it, and holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    kind: ConfigErrorKind,
    message: Cow<'static, str>,
}

/// What is wrong with a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// The instance's name can not be a cookie's value.
    InvalidInstanceName,
    /// The cookie's name is empty or has a character that a cookie's name may not have.
    InvalidCookieName,
    /// The cookie's name starts with a prefix whose conditions do not hold.
    BrokenPrefix,
    /// The cookie's name and value are longer than browsers take.
    CookieTooLong,
    /// The domain is not one that a cookie can be for.
    InvalidDomain,
    /// The path is not one that a cookie can be for.
    InvalidPath,
    /// The lifetime is nothing, or longer than browsers keep a cookie.
    InvalidMaxAge,
    /// The cookie goes to all sites, and over plain http.
    InsecureSameSite,
    /// The URL is not one of a backend.
    InvalidUrl,
    /// A bound or a deadline is nothing, or too long.
    InvalidBound,
    /// The prefix of a backend's names is nothing, or too long.
    InvalidPrefix,
    /// A certificate or its key can't be read, or there is none to trust a backend by.
    InvalidCertificate,
    /// A signing key is too short to be safe.
    ShortKey,
    /// A session's lifetime, or how often it is renewed, is not what can be.
    InvalidLifetime,
    /// The system gave no randomness.
    NoRandomness,
    /// There is no room for a session.
    NoCapacity,
    /// The name or the version of a node is empty, too long, or can't be shown.
    InvalidNode,
    /// A setting has no effect without another one.
    UselessSetting,
}

impl ConfigError {
    pub(crate) fn new(kind: ConfigErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into() }
    }

    /// What is wrong.
    pub fn kind(&self) -> ConfigErrorKind {
        self.kind
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}
