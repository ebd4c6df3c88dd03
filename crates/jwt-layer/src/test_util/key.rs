//! Fixed keys, which everybody knows: no test waits for an RSA key to be found.

use crate::algorithm::Family;
use crate::{Algorithm, SigningKey};

const SECRET: &[u8; 64] = b"a secret that everybody knows, which is fit for nothing but test";

/// The test key for an algorithm.
pub(super) fn test_key(algorithm: Algorithm) -> SigningKey {
    let key = match algorithm.family() {
        Family::Hmac => SigningKey::hmac(algorithm, SECRET).map(|key| key.with_id("test-secret")),
        Family::Rsa => SigningKey::from_pem(algorithm, include_str!("keys/rsa.pem")),
        Family::P256 => SigningKey::from_pem(algorithm, include_str!("keys/p256.pem")),
        Family::P384 => SigningKey::from_pem(algorithm, include_str!("keys/p384.pem")),
        Family::Ed25519 => SigningKey::from_pem(algorithm, include_str!("keys/ed25519.pem")),
    };
    key.expect("the fixed keys are good")
}
