use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};

use super::VerifyingKey;
use super::der::{self, Armoured};
use super::secret::SecretKey;
use crate::algorithm::Family;
use crate::{Algorithm, ConfigError};

/// A key that signs, for exactly one algorithm, parsed once. Clones share it; its `Debug` shows
/// the id and the algorithm alone.
///
/// Unless it is given another one, a key pair's id is the thumbprint of its public key (RFC 7638),
/// so that all who hold the key agree on it. A shared secret has no id of its own.
#[derive(Clone)]
pub struct SigningKey {
    verifying: VerifyingKey,
    pair: Arc<Pair>,
}

enum Pair {
    Secret(Box<SecretKey>),
    Rsa(RsaKeyPair, &'static dyn signature::RsaEncoding),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// A shared secret for an HMAC algorithm.
    ///
    /// # Errors
    /// As for [`VerifyingKey::hmac`].
    pub fn hmac(algorithm: Algorithm, secret: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        let secret = secret.as_ref();
        let pair = Pair::Secret(Box::new(SecretKey::new(algorithm, secret)?));
        Ok(Self { verifying: VerifyingKey::hmac(algorithm, secret)?, pair: Arc::new(pair) })
    }

    /// A private key as PEM text: `PRIVATE KEY` (PKCS#8), `RSA PRIVATE KEY` (PKCS#1) or
    /// `EC PRIVATE KEY` (SEC 1).
    ///
    /// # Errors
    /// If the text is not exactly one private key that fits the algorithm.
    pub fn from_pem(algorithm: Algorithm, pem: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        match der::from_pem(pem.as_ref())? {
            Armoured::Pkcs8(der) | Armoured::Traditional(der) => Self::from_der(algorithm, der),
            Armoured::Public(_) => {
                Err(ConfigError::new("this is a public key; signing needs the private key"))
            }
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

    /// A private key as DER: PKCS#8, PKCS#1 for RSA, or SEC 1 for a curve.
    ///
    /// # Errors
    /// If the key does not fit the algorithm, or is an RSA key of fewer than 2048 bits.
    pub fn from_der(algorithm: Algorithm, der: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        let der = der.as_ref();
        match algorithm.family() {
            Family::Hmac => Err(ConfigError::new("an HMAC algorithm takes a secret, not a key")),
            Family::Rsa => rsa_pair(der).and_then(|pair| Self::rsa(algorithm, pair)),
            Family::P256 | Family::P384 => ecdsa_pair(algorithm, der).and_then(|pair| {
                let public = VerifyingKey::curve(algorithm, pair.public_key().as_ref())?;
                Ok(Self::of_pair(public, Pair::Ecdsa(pair)))
            }),
            Family::Ed25519 => {
                let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der);
                Self::ed25519(pair.map_err(|_| mismatch(algorithm))?)
            }
        }
    }

    /// A fresh key pair, or a fresh secret: for a test, or an instance that stands alone. RSA
    /// keys get 2048 bits.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn generate(algorithm: Algorithm) -> Result<Self, ConfigError> {
        let failed = |_| ConfigError::new("no key could be generated");
        match algorithm.family() {
            Family::Hmac => {
                let mut secret = [0; 64];
                aws_lc_rs::rand::fill(&mut secret).map_err(failed)?;
                Self::hmac(algorithm, secret)
            }
            Family::Rsa => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
                Self::rsa(algorithm, pair)
            }
            Family::P256 | Family::P384 => {
                let pair = EcdsaKeyPair::generate(ecdsa_parameters(algorithm)).map_err(failed)?;
                Self::from_der(algorithm, pair.to_pkcs8v1().map_err(failed)?)
            }
            Family::Ed25519 => Self::ed25519(Ed25519KeyPair::generate().map_err(failed)?),
        }
    }

    /// Gives the key an id: the `kid` of the tokens that it signs.
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.verifying = self.verifying.with_id(id);
        self
    }

    /// The key's id.
    pub fn id(&self) -> Option<&str> {
        self.verifying.id()
    }

    /// The one algorithm that the key is for.
    pub fn algorithm(&self) -> Algorithm {
        self.verifying.algorithm()
    }

    /// The key that verifies what this one signs.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }

    fn rsa(algorithm: Algorithm, pair: RsaKeyPair) -> Result<Self, ConfigError> {
        let encoding = rsa_encoding(algorithm)?;
        let public = pair.public_key().as_der();
        let public = public.map_err(|_| ConfigError::new("this is no RSA private key"))?;
        let public = VerifyingKey::from_der(algorithm, public.as_ref())?;
        Ok(Self::of_pair(public, Pair::Rsa(pair, encoding)))
    }

    fn ed25519(pair: Ed25519KeyPair) -> Result<Self, ConfigError> {
        let public = VerifyingKey::curve(Algorithm::Ed25519, pair.public_key().as_ref())?;
        Ok(Self::of_pair(public, Pair::Ed25519(pair)))
    }

    fn of_pair(public: VerifyingKey, pair: Pair) -> Self {
        let verifying = match public.thumbprint() {
            Some(thumbprint) => public.with_id(thumbprint),
            None => public,
        };
        Self { verifying, pair: Arc::new(pair) }
    }

    /// Signs the message; none if the library refuses, as it does when randomness fails.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match &*self.pair {
            Pair::Secret(key) => Some(key.sign(message)),
            Pair::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, message, &mut signature).ok()?;
                Some(signature)
            }
            Pair::Ecdsa(pair) => Some(pair.sign(&random, message).ok()?.as_ref().to_vec()),
            Pair::Ed25519(pair) => Some(pair.try_sign(message).ok()?.as_ref().to_vec()),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id())
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

fn rsa_pair(der: &[u8]) -> Result<RsaKeyPair, ConfigError> {
    let pair = RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der));
    pair.map_err(|_| ConfigError::new("this is no RSA private key of 2048 to 8192 bits"))
}

fn ecdsa_pair(algorithm: Algorithm, der: &[u8]) -> Result<EcdsaKeyPair, ConfigError> {
    let parameters = ecdsa_parameters(algorithm);
    let pair = EcdsaKeyPair::from_pkcs8(parameters, der)
        .or_else(|_| EcdsaKeyPair::from_private_key_der(parameters, der));
    pair.map_err(|_| mismatch(algorithm))
}

fn ecdsa_parameters(algorithm: Algorithm) -> &'static signature::EcdsaSigningAlgorithm {
    match algorithm {
        Algorithm::ES384 => &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
        _ => &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
    }
}

fn rsa_encoding(algorithm: Algorithm) -> Result<&'static dyn signature::RsaEncoding, ConfigError> {
    match algorithm {
        Algorithm::RS256 => Ok(&signature::RSA_PKCS1_SHA256),
        Algorithm::RS384 => Ok(&signature::RSA_PKCS1_SHA384),
        Algorithm::RS512 => Ok(&signature::RSA_PKCS1_SHA512),
        Algorithm::PS256 => Ok(&signature::RSA_PSS_SHA256),
        Algorithm::PS384 => Ok(&signature::RSA_PSS_SHA384),
        Algorithm::PS512 => Ok(&signature::RSA_PSS_SHA512),
        _ => Err(mismatch(algorithm)),
    }
}

fn mismatch(algorithm: Algorithm) -> ConfigError {
    ConfigError::new(format!("this is no private key for {algorithm}"))
}
