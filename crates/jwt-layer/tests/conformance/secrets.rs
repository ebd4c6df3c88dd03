//! No secret, no private key and no token is in any `Debug` or error text.

use std::fmt::Debug;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jwt_layer::test_util::TestIssuer;
use jwt_layer::{
    Algorithm, Grant, Issuer, JwtLayer, KeySet, RevocationList, SigningKey, Source, TrustedIssuer,
    Verifier, VerifyingKey,
};

const SECRET: &[u8; 40] = b"a-secret-that-nobody-may-see-0123456789!";

/// The forms in which bytes may show up in a text.
fn shown(bytes: &[u8]) -> Vec<String> {
    let list = format!("{bytes:?}");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        list.trim_matches(['[', ']']).to_owned(),
        STANDARD.encode(bytes).trim_end_matches('=').to_owned(),
        URL_SAFE_NO_PAD.encode(bytes),
        String::from_utf8_lossy(bytes).into_owned(),
        hex.to_uppercase(),
        hex,
    ]
}

#[track_caller]
fn check(value: &dyn Debug, secrets: &[Vec<u8>]) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        for secret in secrets {
            // A part of it is bad enough.
            for part in secret.chunks_exact(16) {
                let found = shown(part).into_iter().find(|form| text.contains(form));
                assert_eq!(found, None, "{text}");
            }
        }
    }
}

#[test]
fn no_debug_shows_a_secret_or_a_token() {
    let key = SigningKey::hmac(Algorithm::HS256, SECRET).unwrap().with_id("k");
    let builder = Issuer::builder("https://issuer.test", key.clone()).audience("api");
    let issuer = Issuer::builder("https://issuer.test", key.clone()).audience("api");
    let issuer = issuer.build().unwrap();
    let issued = issuer.issue(&Grant::to("alice").scope("a")).unwrap();
    let trusted = TrustedIssuer::new("https://issuer.test", issuer.keys()).audience("api");
    let verifier = Verifier::builder().trust(trusted.clone());
    let list = RevocationList::new(std::time::Duration::from_secs(60));
    let built = Verifier::builder().trust(trusted.clone()).build().unwrap();
    let token = built.verify(issued.as_str()).unwrap();
    assert!(list.revoke(&token));
    let layers = (JwtLayer::new(built.clone()), JwtLayer::builder(built.clone()));
    let test_issuer = TestIssuer::new(Algorithm::HS256).with_key(key.clone());
    let jwk = format!(r#"{{"kty":"oct","k":"{}"}}"#, URL_SAFE_NO_PAD.encode(SECRET));
    let from_jwk = VerifyingKey::from_jwk(&jwk).unwrap();
    let values: [&dyn Debug; 17] = [
        &key,
        key.verifying_key(),
        &from_jwk,
        &issuer.keys(),
        &builder,
        &issuer,
        &issued,
        &trusted,
        &verifier,
        &built,
        &token,
        &list,
        &layers.0,
        &layers.1,
        &test_issuer,
        &token.principal(),
        &Source::bearer(),
    ];
    // The header alone says nothing.
    let told = issued.as_str().split_once('.').unwrap().1.as_bytes().to_vec();
    let secrets = [SECRET.to_vec(), told];
    for value in values {
        check(value, &secrets);
    }
}

#[test]
fn no_debug_shows_a_private_key() {
    let texts = [
        (Algorithm::RS256, include_str!("../../src/test_util/keys/rsa.pem")),
        (Algorithm::ES256, include_str!("../../src/test_util/keys/p256.pem")),
        (Algorithm::ES384, include_str!("../../src/test_util/keys/p384.pem")),
        (Algorithm::Ed25519, include_str!("../../src/test_util/keys/ed25519.pem")),
    ];
    for (algorithm, text) in texts {
        let der = pem::parse(text).unwrap().into_contents();
        let key = SigningKey::from_pem(algorithm, text).unwrap();
        let keys = KeySet::new([key.verifying_key().clone()]).unwrap();
        let issuer = Issuer::builder("https://issuer.test", key.clone()).audience("api");
        let values: [&dyn Debug; 3] = [&key, &keys, &issuer.build().unwrap()];
        for value in values {
            check(value, std::slice::from_ref(&der));
        }
    }
}

#[test]
fn no_error_text_shows_what_was_given() {
    let short = &SECRET[..31];
    let texts = [
        VerifyingKey::hmac(Algorithm::HS256, short).unwrap_err().to_string(),
        SigningKey::hmac(Algorithm::HS512, SECRET).unwrap_err().to_string(),
        SigningKey::from_pem(Algorithm::RS256, SECRET).unwrap_err().to_string(),
        SigningKey::from_der(Algorithm::Ed25519, SECRET).unwrap_err().to_string(),
        VerifyingKey::from_jwk(str::from_utf8(SECRET).unwrap()).unwrap_err().to_string(),
        KeySet::from_jwks(str::from_utf8(SECRET).unwrap()).unwrap_err().to_string(),
        VerifyingKey::from_jwk(&format!(
            r#"{{"kty":"oct","alg":"HS512","k":"{}"}}"#,
            URL_SAFE_NO_PAD.encode(SECRET)
        ))
        .unwrap_err()
        .to_string(),
    ];
    for text in texts {
        check(&text, &[SECRET.to_vec()]);
    }
}
