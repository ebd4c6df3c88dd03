//! Where the keys are: the one that signs, those that are published beside it, and those of other
//! issuers.

use std::path::Path;

use example_service::StartError;
use jwt_layer::{Algorithm, ConfigError, KeySet, RemoteKeys, SigningKey, VerifyingKey};

use crate::Trusted;

/// What a PEM key may be for, in the order in which it is tried.
const PAIRS: [Algorithm; 4] =
    [Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::Ed25519];

/// The key that signs: of the file, or a fresh one.
pub(crate) fn signing_key(file: Option<&Path>) -> Result<SigningKey, StartError> {
    let Some(path) = file else {
        return SigningKey::generate(Algorithm::RS256).map_err(|e| StartError::about("--key", e));
    };
    let bytes = read("--key", path)?;
    let key = if contains(&bytes, b"-----BEGIN ") {
        fitting(|algorithm| SigningKey::from_pem(algorithm, &bytes))
    } else {
        SigningKey::hmac(Algorithm::HS256, without_newline(&bytes)).map_err(|e| e.to_string())
    };
    key.map_err(|error| about("--key", path, error))
}

/// A key to publish, of the file of a public or a private key.
pub(crate) fn published_key(path: &Path) -> Result<VerifyingKey, StartError> {
    let pem = read("--publish-key", path)?;
    let key = if contains(&pem, b"PRIVATE KEY-----") {
        let pair = fitting(|algorithm| SigningKey::from_pem(algorithm, &pem));
        pair.map(|pair| pair.verifying_key().clone())
    } else {
        fitting(|algorithm| public_key(algorithm, &pem))
    };
    key.map_err(|error| about("--publish-key", path, error))
}

/// The keys of another issuer.
pub(crate) enum TrustedKeys {
    File(KeySet),
    Remote(RemoteKeys),
}

/// The keys of another issuer, from where the option says they are.
pub(crate) fn trusted_keys(trusted: &Trusted) -> Result<TrustedKeys, StartError> {
    let keys = match trusted.jwks.as_deref() {
        None => RemoteKeys::openid(&trusted.issuer).build().map(TrustedKeys::Remote),
        Some(url) if is_url(url) => RemoteKeys::jwks(url).build().map(TrustedKeys::Remote),
        Some(file) => KeySet::from_jwks_file(file).map(TrustedKeys::File),
    };
    keys.map_err(|error| StartError::about(format!("--trust-issuer {}", trusted.issuer), error))
}

fn is_url(place: &str) -> bool {
    place.starts_with("https://") || place.starts_with("http://")
}

/// A secret, without the newline that editors and shells end files with.
pub(crate) fn secret(option: &str, path: &Path) -> Result<Vec<u8>, StartError> {
    read(option, path).map(|bytes| without_newline(&bytes).to_vec())
}

/// A public key under its thumbprint (RFC 7638), the id that its private key signs under.
fn public_key(algorithm: Algorithm, pem: &[u8]) -> Result<VerifyingKey, ConfigError> {
    VerifyingKey::from_pem(algorithm, pem).map(with_thumbprint)
}

fn with_thumbprint(key: VerifyingKey) -> VerifyingKey {
    match key.thumbprint() {
        Some(id) => key.with_id(id),
        None => key,
    }
}

/// What can be made of a key for the first algorithm that it fits.
fn fitting<K>(make: impl Fn(Algorithm) -> Result<K, ConfigError>) -> Result<K, String> {
    let mut errors = Vec::new();
    for algorithm in PAIRS {
        match make(algorithm) {
            Ok(key) => return Ok(key),
            Err(error) => errors.push(error.to_string()),
        }
    }
    errors.dedup();
    match errors.as_slice() {
        [of_all] => Err(of_all.clone()),
        _ => {
            Err("this is no key of RSA with 2048 to 8192 bits, P-256, P-384 or Ed25519".to_owned())
        }
    }
}

fn read(option: &str, path: &Path) -> Result<Vec<u8>, StartError> {
    std::fs::read(path).map_err(|error| about(option, path, error.to_string()))
}

fn about(option: &str, path: &Path, error: String) -> StartError {
    StartError::about(format!("{option} {}", path.display()), error)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn without_newline(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}
