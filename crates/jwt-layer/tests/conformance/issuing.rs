use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_layer::test_util::{Clock, TestIssuer};
use jwt_layer::{Algorithm, Grant, IssueError, Issuer, IssuerBuilder, SigningKey};
use serde_json::{Value, json};

fn builder() -> IssuerBuilder {
    let key = SigningKey::hmac(Algorithm::HS256, [7; 32]).unwrap();
    Issuer::builder("https://issuer.test", key).audience("api")
}

fn issuer() -> Issuer {
    builder().build().unwrap()
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn claims_that_name_a_registered_claim_are_an_error() {
    for name in ["iss", "aud", "sub", "iat", "exp", "jti"] {
        let grant = Grant::to("alice").claims(json!({ name: "x" }));
        assert_eq!(issuer().issue(&grant), Err(IssueError::Claims), "{name}");
    }
    for name in ["client_id", "scope", "auth_time", "acr", "amr"] {
        let time = TestIssuer::new(Algorithm::HS256).clock().now();
        let grant = Grant::to("alice").client_id("web").scope("a").acr("1").amr("pwd");
        let grant = grant.authenticated_at(time).claims(json!({ name: "x" }));
        assert_eq!(issuer().issue(&grant), Err(IssueError::Claims), "{name}");
    }
}

#[test]
fn claims_that_are_no_object_are_an_error() {
    for claims in [json!(1), json!("x"), json!([1])] {
        assert_eq!(issuer().issue(&Grant::to("alice").claims(claims)), Err(IssueError::Claims));
    }
}

/// What no verifier would take is not issued.
#[test]
fn registered_claims_of_another_type_are_an_error() {
    for claims in [json!({"roles": 1}), json!({"nbf": "x"}), json!({"acr": 1})] {
        assert_eq!(issuer().issue(&Grant::to("alice").claims(claims)), Err(IssueError::Claims));
    }
}

#[test]
fn a_grant_to_nobody_is_an_error() {
    assert_eq!(issuer().issue(&Grant::to("")), Err(IssueError::Subject));
}

#[test]
fn claims_of_the_user_stand_beside_the_registered_ones() {
    let clock = TestIssuer::new(Algorithm::HS256).clock();
    let issuer = builder().audience("other").clock(clock.clone()).build().unwrap();
    let nbf = clock.now() + Duration::from_secs(60);
    let grant = Grant::to("alice").scope("a").scope("b c").not_before(nbf);
    let token = issuer.issue(&grant.claims(json!({"roles": ["admin"], "tenant": 7}))).unwrap();
    let claims = claims(token.as_str());
    assert_eq!(claims["aud"], json!(["api", "other"]));
    assert_eq!((&claims["sub"], &claims["tenant"]), (&json!("alice"), &json!(7)));
    assert_eq!((&claims["scope"], &claims["roles"]), (&json!("a b c"), &json!(["admin"])));
    let seconds = |name: &str| claims[name].as_u64().unwrap();
    assert_eq!((seconds("nbf") - seconds("iat"), seconds("exp") - seconds("iat")), (60, 900));
    for absent in ["client_id", "auth_time", "acr", "amr"] {
        assert_eq!(claims.get(absent), None, "{absent}");
    }
}

#[test]
fn a_lifetime_is_between_a_second_and_a_day() {
    for (seconds, good) in [(0, false), (1, true), (86_400, true), (86_401, false)] {
        let built = builder().lifetime(Duration::from_secs(seconds)).build();
        assert_eq!(built.is_ok(), good, "{seconds} s");
    }
    let token = issuer().issue(&Grant::to("alice")).unwrap();
    assert_eq!(token.lifetime(), Duration::from_secs(900));
}

#[test]
fn the_header_names_algorithm_key_and_type() {
    let key = SigningKey::generate(Algorithm::ES384).unwrap().with_id("k1");
    let issuer = Issuer::builder("https://issuer.test", key).audience("api");
    let token = issuer.token_type("logout+jwt").build().unwrap().issue(&Grant::to("a")).unwrap();
    let header = token.as_str().split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    assert_eq!(header, json!({"alg": "ES384", "typ": "logout+jwt", "kid": "k1"}));
}
