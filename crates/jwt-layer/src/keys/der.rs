//! The forms that a key comes in: PEM armour, and the DER of public elliptic-curve keys.

use crate::{ConfigError, algorithm::Family};

/// What a PEM file holds, by its label (RFC 7468).
pub(super) enum Armoured {
    /// `PUBLIC KEY` (SPKI) or `RSA PUBLIC KEY` (PKCS#1).
    Public(Vec<u8>),
    /// `PRIVATE KEY` (PKCS#8).
    Pkcs8(Vec<u8>),
    /// `RSA PRIVATE KEY` (PKCS#1) or `EC PRIVATE KEY` (SEC 1).
    Traditional(Vec<u8>),
}

/// The first key of a PEM text; parameters of curves before it are passed over.
pub(super) fn from_pem(pem: &[u8]) -> Result<Armoured, ConfigError> {
    let blocks = pem::parse_many(pem).map_err(|_| ConfigError::new("this is no PEM text"))?;
    let mut blocks = blocks.into_iter().filter(|block| block.tag() != "EC PARAMETERS");
    let (Some(block), None) = (blocks.next(), blocks.next()) else {
        return Err(ConfigError::new("a PEM text must hold exactly one key"));
    };
    match block.tag() {
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Ok(Armoured::Public(block.into_contents())),
        "PRIVATE KEY" => Ok(Armoured::Pkcs8(block.into_contents())),
        "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Ok(Armoured::Traditional(block.into_contents())),
        "CERTIFICATE" => Err(ConfigError::new(
            "this PEM text is a certificate; extract its key with \
             `openssl x509 -pubkey -noout -in CERTIFICATE`",
        )),
        "ENCRYPTED PRIVATE KEY" => Err(ConfigError::new(
            "this private key is encrypted; decrypt it with `openssl pkey -in KEY`",
        )),
        _ => Err(ConfigError::new(
            "this PEM text is no key; it must be one of PUBLIC KEY, RSA PUBLIC KEY, \
             PRIVATE KEY, RSA PRIVATE KEY and EC PRIVATE KEY",
        )),
    }
}

const P256_SPKI: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const P384_SPKI: &[u8] = &[
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b,
    0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00,
];
const ED25519_SPKI: &[u8] =
    &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The raw public key in an SPKI structure (RFC 5480, RFC 8410), or the bytes themselves if they
/// are raw already. DER is canonical, so the structure of a curve is always the same prefix.
pub(super) fn raw_curve_key(family: Family, der: &[u8]) -> Result<&[u8], ConfigError> {
    let (prefix, length) = match family {
        Family::P256 => (P256_SPKI, 65),
        Family::P384 => (P384_SPKI, 97),
        _ => (ED25519_SPKI, 32),
    };
    let raw = der.strip_prefix(prefix).unwrap_or(der);
    let compressed = length > 32 && raw.first() != Some(&4);
    if raw.len() != length || compressed {
        return Err(ConfigError::new(
            "this is no uncompressed public key of the algorithm's curve",
        ));
    }
    Ok(raw)
}
