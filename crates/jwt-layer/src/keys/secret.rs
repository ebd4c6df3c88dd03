use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

use crate::{Algorithm, ConfigError};

/// A shared secret for an HMAC algorithm (RFC 2104), of which the hash has already taken in its
/// part: what remains of it is wiped when the key is dropped.
///
/// This is the one primitive that is not aws-lc's, which copies a context of more than a kilobyte
/// several times for each token.
#[derive(Clone)]
pub(super) enum SecretKey {
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

impl SecretKey {
    pub(super) fn new(algorithm: Algorithm, secret: &[u8]) -> Result<Self, ConfigError> {
        match algorithm {
            Algorithm::HS256 => key(algorithm, secret, 32).map(Self::Sha256),
            Algorithm::HS384 => key(algorithm, secret, 48).map(Self::Sha384),
            Algorithm::HS512 => key(algorithm, secret, 64).map(Self::Sha512),
            _ => Err(ConfigError::new("a secret is only for HS256, HS384 and HS512")),
        }
    }

    /// Compares in constant time.
    pub(super) fn verifies(&self, message: &[u8], tag: &[u8]) -> bool {
        match self {
            Self::Sha256(key) => key.clone().chain_update(message).verify_slice(tag),
            Self::Sha384(key) => key.clone().chain_update(message).verify_slice(tag),
            Self::Sha512(key) => key.clone().chain_update(message).verify_slice(tag),
        }
        .is_ok()
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256(key) => key.clone().chain_update(message).finalize().as_bytes().to_vec(),
            Self::Sha384(key) => key.clone().chain_update(message).finalize().as_bytes().to_vec(),
            Self::Sha512(key) => key.clone().chain_update(message).finalize().as_bytes().to_vec(),
        }
    }
}

fn key<M: KeyInit>(
    algorithm: Algorithm,
    secret: &[u8],
    least_length: usize,
) -> Result<M, ConfigError> {
    if contains_pem(secret) {
        return Err(ConfigError::new("this secret is a PEM text; use from_pem for a key pair"));
    }
    let long_enough = Some(secret).filter(|secret| secret.len() >= least_length);
    long_enough.and_then(|secret| M::new_from_slice(secret).ok()).ok_or_else(|| {
        ConfigError::new(format!(
            "an {algorithm} secret must have at least {least_length} bytes, drawn at random: \
             `openssl rand -base64 {least_length}`"
        ))
    })
}

fn contains_pem(secret: &[u8]) -> bool {
    secret.windows(11).any(|window| window == b"-----BEGIN ")
}
