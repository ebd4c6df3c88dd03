use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{self, ParsedPublicKey, VerificationAlgorithm};

use super::der::{self, Armoured};
use super::jwk::{JwkOrigin, PublicParams, key_from_str};
use super::secret::SecretKey;
use crate::algorithm::Family;
use crate::{Algorithm, ConfigError};

/// A key that verifies, for exactly one algorithm, parsed once. Clones share it.
#[derive(Clone)]
pub struct VerifyingKey(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    id: Option<Box<str>>,
    algorithm: Algorithm,
    legacy_eddsa: bool,
    material: Material,
    params: Option<PublicParams>,
    fingerprint: [u8; 32],
}

#[derive(Clone)]
enum Material {
    Secret(Box<SecretKey>),
    Public(Arc<ParsedPublicKey>),
}

impl VerifyingKey {
    /// A shared secret for an HMAC algorithm.
    ///
    /// # Errors
    /// If it is shorter than the algorithm's hash (RFC 7518 section 3.2: 32, 48 or 64 bytes), or
    /// is a PEM text: a public key is no secret.
    pub fn hmac(algorithm: Algorithm, secret: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        let secret = secret.as_ref();
        let key = SecretKey::new(algorithm, secret)?;
        Ok(Self::assemble(algorithm, Material::Secret(Box::new(key)), None, secret))
    }

    /// A public key as PEM text: `PUBLIC KEY` (SPKI) or `RSA PUBLIC KEY` (PKCS#1).
    ///
    /// # Errors
    /// If the text is not exactly one public key that fits the algorithm.
    pub fn from_pem(algorithm: Algorithm, pem: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        match der::from_pem(pem.as_ref())? {
            Armoured::Public(der) => Self::from_der(algorithm, der),
            Armoured::Pkcs8(_) | Armoured::Traditional(_) => Err(ConfigError::new(
                "this is a private key; a verifier needs its public key, which \
                 `openssl pkey -pubout -in KEY` prints",
            )),
        }
    }

    /// [`from_pem`](Self::from_pem) of a file.
    ///
    /// # Errors
    /// If the file can't be read, and as for `from_pem`.
    pub fn from_pem_file(
        algorithm: Algorithm,
        path: impl AsRef<Path>,
    ) -> Result<Self, ConfigError> {
        Self::from_pem(algorithm, super::read(path.as_ref())?)
    }

    /// A public key as DER: SPKI, PKCS#1 for RSA, or the raw bytes of a curve's key.
    ///
    /// # Errors
    /// If the key does not fit the algorithm, or is an RSA key of fewer than 2048 bits
    /// (RFC 7518 section 3.3).
    pub fn from_der(algorithm: Algorithm, der: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        let der = der.as_ref();
        match algorithm.family() {
            Family::Hmac => Err(ConfigError::new("an HMAC algorithm takes a secret, not a key")),
            Family::Rsa => {
                let key = rsa::PublicKey::from_der(der);
                let key = key.map_err(|_| ConfigError::new("this is no RSA public key"))?;
                let (n, e) = (key.modulus(), key.exponent());
                let n = n.big_endian_without_leading_zero();
                Self::rsa(algorithm, n, e.big_endian_without_leading_zero())
            }
            family => Self::curve(algorithm, der::raw_curve_key(family, der)?),
        }
    }

    /// A key as a JSON Web Key (RFC 7517), with its `kid`. Without `alg` in it, an RSA key is for
    /// RS256, and a curve's key for the curve's algorithm.
    ///
    /// # Errors
    /// If it is no JWK, is not meant for signatures (`use`, `key_ops`), or is too weak.
    pub fn from_jwk(jwk: &str) -> Result<Self, ConfigError> {
        key_from_str(jwk, JwkOrigin::Local)
    }

    /// Gives the key an id, which a token's `kid` has to name.
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).id = Some(id.into().into());
        self
    }

    /// Lets an Ed25519 key also verify tokens whose header says `EdDSA`, the name that RFC 9864
    /// deprecates. No effect on other keys.
    pub fn accept_legacy_eddsa(mut self) -> Self {
        Arc::make_mut(&mut self.0).legacy_eddsa = true;
        self
    }

    /// The thumbprint of a public key (RFC 7638, SHA-256, base64url), which is the id that its
    /// [`SigningKey`](crate::SigningKey) has by default. None for a shared secret.
    pub fn thumbprint(&self) -> Option<String> {
        self.0.params.as_ref().map(PublicParams::thumbprint)
    }

    /// The key's id.
    pub fn id(&self) -> Option<&str> {
        self.0.id.as_deref()
    }

    /// The one algorithm that the key is for.
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    pub(super) fn rsa(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Result<Self, ConfigError> {
        let highest = n.first().copied().unwrap_or_default();
        if n.len() < 256 || (n.len() == 256 && highest < 0x80) {
            return Err(ConfigError::new("an RSA key must have at least 2048 bits"));
        }
        // With an exponent of 1, a signature is what it signs, and anybody can make one.
        let is_odd = e.last().is_some_and(|lowest| lowest % 2 == 1);
        if !is_odd || e == [1] {
            return Err(ConfigError::new("an RSA key's exponent must be odd and above 1"));
        }
        let components = rsa::PublicKeyComponents { n, e };
        let key = components.to_parsed_public_key(rsa_parameters(algorithm)?);
        let key =
            key.map_err(|_| ConfigError::new("this is no RSA public key of 2048 to 8192 bits"))?;
        let params = PublicParams::rsa(n, e);
        let identity = params.thumbprint();
        let material = Material::Public(Arc::new(key));
        Ok(Self::assemble(algorithm, material, Some(params), identity.as_bytes()))
    }

    pub(super) fn curve(algorithm: Algorithm, raw: &[u8]) -> Result<Self, ConfigError> {
        let key = ParsedPublicKey::new(curve_parameters(algorithm)?, raw)
            .map_err(|_| ConfigError::new("this is no public key on the algorithm's curve"))?;
        let params = PublicParams::curve(algorithm, raw);
        Ok(Self::assemble(algorithm, Material::Public(Arc::new(key)), Some(params), raw))
    }

    fn assemble(
        algorithm: Algorithm,
        material: Material,
        params: Option<PublicParams>,
        bytes: &[u8],
    ) -> Self {
        let mut context = digest::Context::new(&SHA256);
        context.update(algorithm.name().as_bytes());
        context.update(bytes);
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(context.finish().as_ref());
        let legacy_eddsa = false;
        Self(Arc::new(Inner { id: None, algorithm, legacy_eddsa, material, params, fingerprint }))
    }

    pub(crate) fn params(&self) -> Option<&PublicParams> {
        self.0.params.as_ref()
    }

    /// Whether both are the same key under the same id, so that what one has verified stays good
    /// when it is replaced by the other.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let (own, other) = (&self.0, &other.0);
        own.fingerprint == other.fingerprint
            && own.id == other.id
            && own.algorithm == other.algorithm
            && own.legacy_eddsa == other.legacy_eddsa
    }

    /// Whether the key may verify what a header with this `alg` announces.
    pub(crate) fn is_for(&self, alg: &str) -> bool {
        alg == self.0.algorithm.name() || (self.0.legacy_eddsa && self.accepts_eddsa(alg))
    }

    fn accepts_eddsa(&self, alg: &str) -> bool {
        self.0.algorithm == Algorithm::Ed25519 && alg == "EdDSA"
    }

    /// Checks a signature, in constant time where a secret is involved.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.0.material {
            Material::Secret(key) => key.verifies(message, signature),
            Material::Public(key) => key.verify_sig(message, signature).is_ok(),
        }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("id", &self.0.id)
            .field("algorithm", &self.0.algorithm)
            .finish_non_exhaustive()
    }
}

fn rsa_parameters(algorithm: Algorithm) -> Result<&'static signature::RsaParameters, ConfigError> {
    match algorithm {
        Algorithm::RS256 => Ok(&signature::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => Ok(&signature::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => Ok(&signature::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => Ok(&signature::RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => Ok(&signature::RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => Ok(&signature::RSA_PSS_2048_8192_SHA512),
        _ => Err(ConfigError::new("an RSA key is only for RS256 to RS512 and PS256 to PS512")),
    }
}

fn curve_parameters(
    algorithm: Algorithm,
) -> Result<&'static dyn VerificationAlgorithm, ConfigError> {
    match algorithm {
        Algorithm::ES256 => Ok(&signature::ECDSA_P256_SHA256_FIXED),
        Algorithm::ES384 => Ok(&signature::ECDSA_P384_SHA384_FIXED),
        Algorithm::Ed25519 => Ok(&signature::ED25519),
        _ => Err(ConfigError::new("a curve's key is only for ES256, ES384 and Ed25519")),
    }
}
