use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, Jwk, JwtErrorKind, KeySet, SigningKey, TrustedIssuer, VerifyingKey};
use serde_json::json;

use crate::api::{Api, accepted, refused};

#[tokio::test]
async fn rfc7518_3_1_every_algorithm_signs_and_verifies() {
    for algorithm in Algorithm::ALL {
        let api = Api::new(algorithm).await;
        accepted(&api.me(&api.issuer.token("alice").sign()).await);
        let bad = api.me(&api.issuer.token("alice").bad_signature()).await;
        refused(&bad, JwtErrorKind::BadSignature);
    }
}

#[test]
fn rfc7518_3_2_a_secret_shorter_than_the_hash_is_refused_at_build_time() {
    let lengths = [(Algorithm::HS256, 32), (Algorithm::HS384, 48), (Algorithm::HS512, 64)];
    for (algorithm, length) in lengths {
        for short in [0, 1, length - 1] {
            assert!(VerifyingKey::hmac(algorithm, vec![7; short]).is_err(), "{algorithm} {short}");
            assert!(SigningKey::hmac(algorithm, vec![7; short]).is_err(), "{algorithm} {short}");
            let jwk = json!({"kty": "oct", "alg": algorithm.name(),
                "k": URL_SAFE_NO_PAD.encode(vec![7; short])});
            assert!(VerifyingKey::from_jwk(&jwk.to_string()).is_err(), "{algorithm} {short}");
        }
        assert!(VerifyingKey::hmac(algorithm, vec![7; length]).is_ok());
    }
}

/// An odd number of this many bits: enough of a modulus for a key that only verifies.
fn modulus(bits: usize) -> String {
    let mut bytes = vec![0xff; bits.div_ceil(8)];
    bytes[0] = u8::try_from(0xff >> (bytes.len() * 8 - bits)).unwrap();
    URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn rfc7518_3_3_an_rsa_key_of_fewer_than_2048_bits_is_refused() {
    let jwk = |bits| json!({"kty": "RSA", "n": modulus(bits), "e": "AQAB"}).to_string();
    for bits in [512, 1024, 2040, 2041, 2047] {
        assert!(VerifyingKey::from_jwk(&jwk(bits)).is_err(), "{bits} bits");
    }
    for bits in [2048, 3072, 4096, 8192] {
        assert!(VerifyingKey::from_jwk(&jwk(bits)).is_ok(), "{bits} bits");
    }
}

#[tokio::test]
async fn rfc7518_3_3_a_weak_rsa_key_in_a_set_is_ignored() {
    let issuer = TestIssuer::new(Algorithm::RS256);
    let weak = json!({"kty": "RSA", "n": modulus(1024), "e": "AQAB", "kid": "weak"});
    let public = Jwk::of(issuer.key().verifying_key()).unwrap();
    let keys = KeySet::from_jwks(&json!({"keys": [weak, public]}).to_string()).unwrap();
    let trusted = TrustedIssuer::new(issuer.name(), keys).audience(issuer.audience());
    let verifier = issuer.verifier_of(trusted);
    let api = Api::with_verifier(issuer, verifier).await;
    accepted(&api.me(&api.issuer.token("alice").sign()).await);
    let weakly = api.issuer.token("alice").header("kid", "weak").sign();
    refused(&api.me(&weakly).await, JwtErrorKind::UnknownKey);
}

#[test]
fn rfc7518_6_3_1_2_an_rsa_exponent_that_hides_nothing_is_refused() {
    for exponent in ["AQ", "Ag", "AA", ""] {
        let jwk = json!({"kty": "RSA", "n": modulus(2048), "e": exponent});
        assert!(VerifyingKey::from_jwk(&jwk.to_string()).is_err(), "{exponent:?}");
    }
}

/// What an API says to a token of ES256 with this signature.
async fn with_signature(change: impl FnOnce(&[u8], &[u8]) -> Vec<u8>) -> crate::http_client::Reply {
    let api = Api::new(Algorithm::ES256).await;
    let token = api.issuer.token("alice").sign();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = change(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap());
    api.me(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))).await
}

#[tokio::test]
async fn rfc7518_3_4_an_es256_signature_of_64_bytes_is_accepted() {
    accepted(&with_signature(|_, signature| signature.to_vec()).await);
}

#[tokio::test]
async fn rfc7518_3_4_an_es256_signature_of_another_length_is_refused() {
    let bad = JwtErrorKind::BadSignature;
    refused(&with_signature(|_, signature| signature[..63].to_vec()).await, bad);
    refused(&with_signature(|_, signature| [signature, &[0]].concat()).await, bad);
    refused(&with_signature(|_, signature| [&[0], signature].concat()).await, bad);
    refused(&with_signature(|_, signature| [signature, signature].concat()).await, bad);
}

#[tokio::test]
async fn rfc7518_3_4_an_es256_signature_in_der_is_refused() {
    let in_der = |signed: &[u8], _: &[u8]| {
        let pem = pem::parse(include_str!("../../src/test_util/keys/p256.pem")).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pem.contents());
        let signature = pair.unwrap().sign(&aws_lc_rs::rand::SystemRandom::new(), signed).unwrap();
        signature.as_ref().to_vec()
    };
    refused(&with_signature(in_der).await, JwtErrorKind::BadSignature);
}

/// CVE-2022-21449.
#[tokio::test]
async fn rfc7518_3_4_an_es256_signature_of_zeros_is_refused() {
    let bad = JwtErrorKind::BadSignature;
    refused(&with_signature(|_, _| vec![0; 64]).await, bad);
    refused(&with_signature(|_, signature| [&[0; 32], &signature[32..]].concat()).await, bad);
    refused(&with_signature(|_, signature| [&signature[..32], &[0; 32]].concat()).await, bad);
    refused(&with_signature(|_, _| vec![0xff; 64]).await, bad);
}

#[tokio::test]
async fn rfc7518_3_5_a_ps256_token_is_not_verified_as_rs256() {
    let rs256 = Api::new(Algorithm::RS256).await;
    let ps256 = TestIssuer::new(Algorithm::PS256).token("alice");
    refused(&rs256.me(&ps256.sign()).await, JwtErrorKind::UnknownKey);
    let renamed = ps256.header("alg", "RS256").sign();
    refused(&rs256.me(&renamed).await, JwtErrorKind::BadSignature);
}
