use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};
use jsonwebtoken::{EncodingKey, Header};
use serde::{Deserialize, Serialize};

pub(crate) const ISSUER: &str = "https://login.example/realms/main";
pub(crate) const AUDIENCE: &str = "orders-api";
pub(crate) const SECRET: [u8; 32] = *b"thirty-two bytes of a bench key!";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    HS256,
    RS256,
    ES256,
    Ed25519,
}

/// The claims of the tokens, as the handlers take them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) sub: String,
    pub(crate) exp: u64,
    pub(crate) iat: u64,
    pub(crate) iss: String,
    pub(crate) aud: String,
    pub(crate) scope: String,
    pub(crate) jti: String,
}

/// The same key in the forms that the contenders want.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) algorithm: Algorithm,
    pub(crate) private_pem: String,
    pub(crate) public_pem: String,
}

impl Keys {
    pub(crate) fn generate(algorithm: Algorithm) -> Self {
        let (private, public) = match algorithm {
            Algorithm::HS256 => (Vec::new(), Vec::new()),
            Algorithm::RS256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
                let private: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
                (private.as_ref().to_vec(), spki(pair.public_key()))
            }
            Algorithm::ES256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
                (pair.to_pkcs8v1().unwrap().as_ref().to_vec(), spki(pair.public_key()))
            }
            Algorithm::Ed25519 => {
                let pair = Ed25519KeyPair::generate().unwrap();
                (pair.to_pkcs8v1().unwrap().as_ref().to_vec(), spki(pair.public_key()))
            }
        };
        let armour = |label, der| pem::encode(&pem::Pem::new(label, der));
        let private_pem = armour("PRIVATE KEY", private);
        Self { algorithm, private_pem, public_pem: armour("PUBLIC KEY", public) }
    }

    fn encoding(&self) -> (Header, EncodingKey) {
        let pem = self.private_pem.as_bytes();
        let (algorithm, key) = match self.algorithm {
            Algorithm::HS256 => (jsonwebtoken::Algorithm::HS256, EncodingKey::from_secret(&SECRET)),
            Algorithm::RS256 => {
                (jsonwebtoken::Algorithm::RS256, EncodingKey::from_rsa_pem(pem).unwrap())
            }
            Algorithm::ES256 => {
                (jsonwebtoken::Algorithm::ES256, EncodingKey::from_ec_pem(pem).unwrap())
            }
            Algorithm::Ed25519 => {
                (jsonwebtoken::Algorithm::EdDSA, EncodingKey::from_ed_pem(pem).unwrap())
            }
        };
        (Header { kid: Some("key-1".to_owned()), ..Header::new(algorithm) }, key)
    }
}

fn spki(key: &impl AsDer<aws_lc_rs::encoding::PublicKeyX509Der<'static>>) -> Vec<u8> {
    key.as_der().unwrap().as_ref().to_vec()
}

/// `Authorization` headers with tokens that differ in their `jti`.
pub(crate) struct Minted {
    pub(crate) warm_up: String,
    pub(crate) tokens: Vec<String>,
}

impl Minted {
    pub(crate) fn many(keys: &Keys, count: usize) -> Self {
        let (header, key) = keys.encoding();
        let mint = |number| {
            let token = jsonwebtoken::encode(&header, &claims(number), &key).unwrap();
            format!("Bearer {token}")
        };
        Self { warm_up: mint(count), tokens: (0..count).map(mint).collect() }
    }
}

pub(crate) fn claims(number: usize) -> Claims {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    Claims {
        sub: "user-000001".to_owned(),
        exp: now + 3600,
        iat: now,
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        scope: "orders:read orders:write profile".to_owned(),
        jti: format!("{number:022}"),
    }
}
