use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::VerifyingKey;
use crate::algorithm::Family;
use crate::{Algorithm, ConfigError};

/// The public JSON Web Key (RFC 7517) of a [`VerifyingKey`], as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Jwk {
    #[serde(flatten)]
    params: PublicParams,
    #[serde(rename = "use")]
    purpose: &'static str,
    alg: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
}

impl Jwk {
    /// The public key to publish; none for a shared secret, which is never published.
    pub fn of(key: &VerifyingKey) -> Option<Self> {
        Some(Self {
            params: key.params()?.clone(),
            purpose: "sig",
            alg: key.algorithm().name(),
            kid: key.id().map(str::to_owned),
        })
    }
}

/// The members that make up a public key (RFC 7518 section 6, RFC 8037 section 2), in the order
/// of their names, as RFC 7638 hashes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum PublicParams {
    Rsa { e: String, kty: &'static str, n: String },
    Ec { crv: &'static str, kty: &'static str, x: String, y: String },
    Okp { crv: &'static str, kty: &'static str, x: String },
}

impl PublicParams {
    pub(super) fn rsa(n: &[u8], e: &[u8]) -> Self {
        Self::Rsa { e: URL_SAFE_NO_PAD.encode(e), kty: "RSA", n: URL_SAFE_NO_PAD.encode(n) }
    }

    pub(super) fn curve(algorithm: Algorithm, raw: &[u8]) -> Self {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let point = raw.strip_prefix(&[4]).unwrap_or(raw);
        let (x, y) = point.split_at_checked(point.len() / 2).unwrap_or_default();
        match algorithm {
            Algorithm::ES256 => Self::Ec { crv: "P-256", kty: "EC", x: encode(x), y: encode(y) },
            Algorithm::ES384 => Self::Ec { crv: "P-384", kty: "EC", x: encode(x), y: encode(y) },
            _ => Self::Okp { crv: "Ed25519", kty: "OKP", x: encode(raw) },
        }
    }

    /// The thumbprint of RFC 7638 with SHA-256, in base64url.
    pub(super) fn thumbprint(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &json);
        URL_SAFE_NO_PAD.encode(hash)
    }
}

/// Where a JWK comes from, which decides what it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JwkOrigin {
    /// The operator's own file: shared secrets are allowed.
    Local,
    /// Somebody's server: public keys only.
    #[cfg_attr(not(feature = "remote"), allow(dead_code))]
    Remote,
}

/// A JWK as it is read. Members that nothing here needs are passed over (RFC 7517 section 4).
#[derive(Deserialize)]
struct RawJwk {
    kty: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    k: Option<String>,
}

#[derive(Deserialize)]
struct RawSet {
    keys: Vec<serde_json::Value>,
}

/// What a JWK set holds, told apart by whether it can be used (RFC 7517 section 5).
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) usable: Vec<VerifyingKey>,
    pub(crate) left_out: Vec<LeftOut>,
}

/// A member of a JWK set that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    index: usize,
    reason: ConfigError,
    pub(crate) identity: Identity,
}

/// Which key it is that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// The one of this id.
    Named(String),
    /// One without an id that is whole, and meant for something else.
    Foreign,
    /// Nobody can tell: it is too damaged.
    Unknown,
}

impl LeftOut {
    pub(crate) fn log(&self) {
        tracing::warn!(index = self.index, reason = %self.reason, "a JWK was left out");
    }
}

/// The keys of a JWK set that can be used. The others are left out, each with a logged reason.
///
/// # Errors
/// As for [`read_set`].
pub(crate) fn usable_keys(
    set: &[u8],
    origin: JwkOrigin,
    limit: usize,
) -> Result<Vec<VerifyingKey>, ConfigError> {
    let reading = read_set(set, origin, limit)?;
    reading.left_out.iter().for_each(LeftOut::log);
    Ok(reading.usable)
}

/// Reads a JWK set.
///
/// # Errors
/// If the text is no JWK set at all, or one of more than `limit` members.
pub(crate) fn read_set(
    set: &[u8],
    origin: JwkOrigin,
    limit: usize,
) -> Result<Reading, ConfigError> {
    let set: RawSet = serde_json::from_slice(set)
        .map_err(|_| ConfigError::new("this is no JWK set: an object with an array `keys`"))?;
    if set.keys.len() > limit {
        return Err(ConfigError::new("the JWK set holds too many keys"));
    }
    let mut reading = Reading::default();
    for (index, jwk) in set.keys.iter().enumerate() {
        match new_key(&reading.usable, jwk, origin) {
            Ok(key) => reading.usable.push(key),
            Err(reason) => {
                let identity = identity_of(jwk, origin);
                reading.left_out.push(LeftOut { index, reason, identity });
            }
        }
    }
    Ok(reading)
}

fn new_key(
    others: &[VerifyingKey],
    jwk: &serde_json::Value,
    origin: JwkOrigin,
) -> Result<VerifyingKey, ConfigError> {
    let key = key_from_value(jwk, origin)?;
    if has_id_of(others, &key) {
        return Err(ConfigError::new("its key id stands twice in the set"));
    }
    Ok(key)
}

fn identity_of(jwk: &serde_json::Value, origin: JwkOrigin) -> Identity {
    match jwk.get("kid") {
        Some(serde_json::Value::String(id)) if !id.is_empty() => Identity::Named(id.clone()),
        None if is_foreign(jwk, origin) => Identity::Foreign,
        _ => Identity::Unknown,
    }
}

fn is_foreign(jwk: &serde_json::Value, origin: JwkOrigin) -> bool {
    let Ok(jwk) = RawJwk::deserialize(jwk) else { return false };
    let secret = jwk.kty == "oct" && origin == JwkOrigin::Remote;
    secret || check_purpose(&jwk).is_err() || jwk.algorithm().is_err()
}

fn has_id_of(keys: &[VerifyingKey], key: &VerifyingKey) -> bool {
    key.id().is_some() && keys.iter().any(|other| other.id() == key.id())
}

pub(super) fn key_from_str(jwk: &str, origin: JwkOrigin) -> Result<VerifyingKey, ConfigError> {
    let jwk: serde_json::Value =
        serde_json::from_str(jwk).map_err(|_| ConfigError::new("this is no JSON"))?;
    key_from_value(&jwk, origin)
}

fn key_from_value(jwk: &serde_json::Value, origin: JwkOrigin) -> Result<VerifyingKey, ConfigError> {
    let jwk = RawJwk::deserialize(jwk)
        .map_err(|_| ConfigError::new("this is no JWK: a member is missing or of another type"))?;
    check_purpose(&jwk)?;
    let algorithm = jwk.algorithm()?;
    let key = jwk.key(algorithm, origin)?;
    let key = if jwk.alg.as_deref() == Some("EdDSA") { key.accept_legacy_eddsa() } else { key };
    match jwk.kid {
        Some(kid) if kid.is_empty() => Err(ConfigError::new("its key id is empty")),
        Some(kid) => Ok(key.with_id(kid)),
        None => Ok(key),
    }
}

/// RFC 7517 sections 4.2 and 4.3.
fn check_purpose(jwk: &RawJwk) -> Result<(), ConfigError> {
    let other_use = jwk.purpose.as_deref().is_some_and(|purpose| purpose != "sig");
    let verifies = |ops: &Vec<String>| ops.iter().any(|op| op == "verify");
    if other_use || !jwk.key_ops.as_ref().is_none_or(verifies) {
        return Err(ConfigError::new("it is not meant to verify signatures (`use`, `key_ops`)"));
    }
    Ok(())
}

impl RawJwk {
    fn algorithm(&self) -> Result<Algorithm, ConfigError> {
        let natural = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => Algorithm::RS256,
            ("EC", Some("P-256")) => Algorithm::ES256,
            ("EC", Some("P-384")) => Algorithm::ES384,
            ("OKP", Some("Ed25519")) => Algorithm::Ed25519,
            ("oct", _) => Algorithm::HS256,
            _ => return Err(ConfigError::new("its key type or curve is not supported")),
        };
        let algorithm = match self.alg.as_deref() {
            None | Some("EdDSA") => Some(natural),
            Some(name) => Algorithm::from_name(name),
        };
        let agrees = |algorithm: &Algorithm| algorithm.family() == natural.family();
        let eddsa_elsewhere = self.alg.as_deref() == Some("EdDSA") && natural != Algorithm::Ed25519;
        algorithm
            .filter(agrees)
            .filter(|_| !eddsa_elsewhere)
            .ok_or_else(|| ConfigError::new("its `alg` is not supported or does not fit its type"))
    }

    fn key(&self, algorithm: Algorithm, origin: JwkOrigin) -> Result<VerifyingKey, ConfigError> {
        match algorithm.family() {
            Family::Hmac if origin == JwkOrigin::Remote => {
                Err(ConfigError::new("a shared secret does not come from a server"))
            }
            Family::Hmac => VerifyingKey::hmac(algorithm, member(&self.k)?),
            Family::Rsa => {
                let (n, e) = (member(&self.n)?, member(&self.e)?);
                VerifyingKey::rsa(algorithm, significant(&n), significant(&e))
            }
            Family::P256 => self.point(algorithm, 32),
            Family::P384 => self.point(algorithm, 48),
            Family::Ed25519 => VerifyingKey::curve(algorithm, &sized(member(&self.x)?, 32)?),
        }
    }

    fn point(&self, algorithm: Algorithm, length: usize) -> Result<VerifyingKey, ConfigError> {
        let (x, y) = (sized(member(&self.x)?, length)?, sized(member(&self.y)?, length)?);
        VerifyingKey::curve(algorithm, &[&[4], x.as_slice(), y.as_slice()].concat())
    }
}

impl fmt::Debug for RawJwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawJwk").field("kid", &self.kid).finish_non_exhaustive()
    }
}

fn member(value: &Option<String>) -> Result<Vec<u8>, ConfigError> {
    let bytes = value.as_ref().and_then(|value| URL_SAFE_NO_PAD.decode(value).ok());
    bytes.ok_or_else(|| ConfigError::new("a member of the key is missing or not base64url"))
}

fn sized(bytes: Vec<u8>, length: usize) -> Result<Vec<u8>, ConfigError> {
    if bytes.len() == length {
        return Ok(bytes);
    }
    Err(ConfigError::new("a coordinate does not have the length that its curve asks for"))
}

/// Without the leading zero bytes that some encoders add to a big-endian number.
fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}
