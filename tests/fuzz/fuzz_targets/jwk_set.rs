//! Arbitrary bytes as a JWK set, a JWK, PEM and DER.

#![no_main]

use fuzz::decode;
use jwt_layer::{Algorithm, Jwk, KeySet, SigningKey, VerifyingKey};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = str::from_utf8(data) {
        if let Ok(key) = VerifyingKey::from_jwk(text) {
            check(&key);
        }
        if let Ok(set) = KeySet::from_jwks(text) {
            check_set(&set);
        }
    }
    for algorithm in Algorithm::ALL {
        let read = [
            VerifyingKey::from_der(algorithm, data),
            VerifyingKey::from_pem(algorithm, data),
            VerifyingKey::hmac(algorithm, data),
            SigningKey::from_der(algorithm, data).map(|key| key.verifying_key().clone()),
            SigningKey::from_pem(algorithm, data).map(|key| key.verifying_key().clone()),
        ];
        for key in read.into_iter().flatten() {
            assert_eq!(key.algorithm(), algorithm);
            check(&key);
        }
    }
});

fn check_set(set: &KeySet) {
    let keys = set.keys();
    assert!(!keys.is_empty());
    for (index, key) in keys.iter().enumerate() {
        check(key);
        assert_ne!(key.id(), Some(""));
        let again = |other: &VerifyingKey| key.id().is_some() && other.id() == key.id();
        assert!(!keys[index + 1..].iter().any(again), "an id stands twice");
    }
}

/// A key that was read is strong enough, is published without its secrets, and is itself when it
/// is read again.
fn check(key: &VerifyingKey) {
    let Some(public) = Jwk::of(key) else {
        return assert!(key.algorithm().is_symmetric());
    };
    let json = serde_json::to_value(&public).unwrap();
    for secret in ["d", "k", "p", "q", "dp", "dq", "qi"] {
        assert!(json.get(secret).is_none(), "{secret} is published");
    }
    if let Some(modulus) = json.get("n").and_then(Value::as_str).and_then(decode) {
        let bits = modulus.len() * 8 - modulus[0].leading_zeros() as usize;
        assert!((2048..=8192).contains(&bits), "{bits} bits");
    }
    if key.id() != Some("") {
        let again = VerifyingKey::from_jwk(&json.to_string()).expect("what is published is a key");
        assert_eq!(Jwk::of(&again).as_ref(), Some(&public));
        assert_eq!(again.algorithm(), key.algorithm());
    }
}
