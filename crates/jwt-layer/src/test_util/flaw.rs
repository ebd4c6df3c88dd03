use crate::JwtErrorKind;

/// One thing that is wrong with a token whose rest is good.
///
/// ```
/// use jwt_layer::test_util::{Flaw, TestIssuer};
/// use jwt_layer::Algorithm;
///
/// let issuer = TestIssuer::new(Algorithm::ES256);
/// for flaw in Flaw::ALL {
///     let refusal = issuer.verifier().verify(&issuer.token("alice").flawed(flaw));
///     assert_eq!(refusal.unwrap_err().kind(), flaw.refusal(), "{flaw:?}");
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flaw {
    /// It expired an hour ago.
    Expired,
    /// It is good from an hour ahead on (`nbf`).
    NotYetValid,
    /// It says that it will be issued an hour ahead (`iat`).
    IssuedInFuture,
    /// It is for another audience.
    WrongAudience,
    /// It is for nobody in particular: there is no `aud`.
    NoAudience,
    /// Another issuer's name is in it.
    WrongIssuer,
    /// There is no `iss`.
    NoIssuer,
    /// It lives for ever: there is no `exp`.
    NoExpiry,
    /// Its `typ` is that of a logout token.
    WrongType,
    /// The signature was changed.
    BadSignature,
    /// Its subject was changed after it was signed.
    ChangedClaims,
    /// It names a key that nobody has.
    UnknownKey,
    /// Its `alg` is `none`, and it has no signature.
    Unsigned,
    /// Its `alg` is HS256, and the "secret" is the public key as it is published. Where the
    /// issuer's key is a secret, it is RS256 instead.
    ConfusedAlgorithm,
    /// Its header has a `crit` that asks for an extension.
    CriticalExtension,
    /// It names its subject twice.
    DuplicateClaim,
    /// Its payload breaks off in the middle.
    Malformed,
    /// It has five parts, as an encrypted token has.
    Encrypted,
}

impl Flaw {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Expired,
        Self::NotYetValid,
        Self::IssuedInFuture,
        Self::WrongAudience,
        Self::NoAudience,
        Self::WrongIssuer,
        Self::NoIssuer,
        Self::NoExpiry,
        Self::WrongType,
        Self::BadSignature,
        Self::ChangedClaims,
        Self::UnknownKey,
        Self::Unsigned,
        Self::ConfusedAlgorithm,
        Self::CriticalExtension,
        Self::DuplicateClaim,
        Self::Malformed,
        Self::Encrypted,
    ];

    /// What a [`Verifier`](crate::Verifier) with the rules of
    /// [`TestIssuer::trusted`](super::TestIssuer::trusted) says to it.
    pub fn refusal(self) -> JwtErrorKind {
        match self {
            Self::Expired => JwtErrorKind::Expired,
            Self::NotYetValid | Self::IssuedInFuture => JwtErrorKind::NotYetValid,
            Self::WrongAudience | Self::NoAudience => JwtErrorKind::WrongAudience,
            Self::WrongIssuer | Self::NoIssuer => JwtErrorKind::WrongIssuer,
            Self::WrongType => JwtErrorKind::WrongType,
            Self::BadSignature | Self::ChangedClaims => JwtErrorKind::BadSignature,
            Self::UnknownKey => JwtErrorKind::UnknownKey,
            Self::ConfusedAlgorithm => JwtErrorKind::UnknownKey,
            Self::NoExpiry | Self::Unsigned | Self::CriticalExtension => {
                JwtErrorKind::MalformedToken
            }
            Self::DuplicateClaim | Self::Malformed | Self::Encrypted => {
                JwtErrorKind::MalformedToken
            }
        }
    }
}
