use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, Jwk, JwtErrorKind, KeySet, TrustedIssuer};
use serde_json::{Value, json};

use crate::api::{Api, accepted, refused};
use crate::http_client::Reply;

/// The issuer's public key with these members changed; null takes one away.
fn jwk_with(issuer: &TestIssuer, members: &Value) -> Value {
    let mut jwk = serde_json::to_value(Jwk::of(issuer.key().verifying_key()).unwrap()).unwrap();
    let object = jwk.as_object_mut().unwrap();
    for (name, value) in members.as_object().unwrap() {
        match value {
            Value::Null => object.remove(name),
            value => object.insert(name.clone(), value.clone()),
        };
    }
    jwk
}

/// An API that trusts the keys of this set.
async fn api_with(issuer: TestIssuer, set: &Value) -> Api {
    let keys = KeySet::from_jwks(&set.to_string()).unwrap();
    let trusted = TrustedIssuer::new(issuer.name(), keys).audience(issuer.audience());
    let verifier = issuer.verifier_of(trusted);
    Api::with_verifier(issuer, verifier).await
}

/// What a good token gets, if the set holds its key with these members changed, and another one.
async fn good_token_with(members: Value) -> Reply {
    let issuer = TestIssuer::new(Algorithm::ES256);
    let other = TestIssuer::new(Algorithm::ES384);
    let set = json!({"keys": [jwk_with(&issuer, &members), jwk_with(&other, &json!({}))]});
    let token = issuer.token("alice").sign();
    api_with(issuer, &set).await.me(&token).await
}

#[tokio::test]
async fn rfc7517_5_keys_of_unknown_type_are_ignored_and_the_others_used() {
    let issuer = TestIssuer::new(Algorithm::RS256);
    let set = json!({"keys": [
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "kid": "new"},
        {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "X25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        {"kty": 1},
        {"no": "key"},
        "nonsense",
        jwk_with(&issuer, &json!({"mine": [1], "x5c": ["AA"]})),
    ], "more": 1});
    let token = issuer.token("alice").sign();
    accepted(&api_with(issuer, &set).await.me(&token).await);
}

#[test]
fn rfc7517_5_a_set_without_a_usable_key_is_refused_at_build_time() {
    for set in [r#"{"keys":[]}"#, r#"{"keys":[{"kty":"?"}]}"#, "{}", "[]", "", r#"{"keys":{}}"#] {
        assert!(KeySet::from_jwks(set).is_err(), "{set}");
    }
}

#[tokio::test]
async fn rfc7517_4_2_a_key_for_encryption_verifies_nothing() {
    accepted(&good_token_with(json!({"use": "sig"})).await);
    accepted(&good_token_with(json!({"use": null})).await);
    for other in ["enc", "SIG", ""] {
        refused(&good_token_with(json!({"use": other})).await, JwtErrorKind::UnknownKey);
    }
}

#[tokio::test]
async fn rfc7517_4_3_a_key_whose_operations_lack_verify_verifies_nothing() {
    accepted(&good_token_with(json!({"key_ops": ["verify"]})).await);
    accepted(&good_token_with(json!({"key_ops": ["sign", "verify"]})).await);
    for operations in [json!(["sign"]), json!([]), json!(["encrypt", "wrapKey"]), json!("verify")] {
        refused(&good_token_with(json!({"key_ops": operations})).await, JwtErrorKind::UnknownKey);
    }
}

#[tokio::test]
async fn rfc7517_4_4_a_key_for_another_algorithm_verifies_nothing() {
    accepted(&good_token_with(json!({"alg": "ES256"})).await);
    accepted(&good_token_with(json!({"alg": null})).await);
    for other in ["ES384", "RS256", "HS256", "none", "ECDH-ES", ""] {
        refused(&good_token_with(json!({"alg": other})).await, JwtErrorKind::UnknownKey);
    }
}

#[tokio::test]
async fn rfc7517_4_5_a_token_is_verified_with_the_key_that_it_names() {
    accepted(&good_token_with(json!({})).await);
    accepted(&good_token_with(json!({"kid": null})).await);
    refused(&good_token_with(json!({"kid": "another"})).await, JwtErrorKind::UnknownKey);
    refused(&good_token_with(json!({"kid": ""})).await, JwtErrorKind::UnknownKey);
}

#[tokio::test]
async fn rfc7517_4_5_of_two_keys_with_one_id_the_first_is_used() {
    let issuer = TestIssuer::new(Algorithm::ES256);
    let other = TestIssuer::new(Algorithm::ES384);
    let same = json!({"kid": issuer.key().id().unwrap()});
    let set = json!({"keys": [jwk_with(&issuer, &json!({})), jwk_with(&other, &same)]});
    let token = issuer.token("alice").sign();
    accepted(&api_with(issuer, &set).await.me(&token).await);
}

#[tokio::test]
async fn rfc7517_4_a_private_key_in_a_set_is_used_as_its_public_half() {
    accepted(&good_token_with(json!({"d": "AAAA"})).await);
}
