use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_layer::test_util::{Clock, Flaw, ManualClock, TestIssuer};
use jwt_layer::{
    Algorithm, Grant, Issuer, JwtErrorKind, Profile, SigningKey, TrustedIssuer, Verifier,
};
use serde_json::Value;

use crate::api::{Api, accepted, refused};

const NAME: &str = "https://issuer.test";

fn issuer(clock: &ManualClock) -> Issuer {
    let key = SigningKey::generate(Algorithm::Ed25519).unwrap();
    let builder = Issuer::builder(NAME, key).audience("https://api.test").clock(clock.clone());
    builder.build().unwrap()
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

async fn strict_api() -> Api {
    let issuer = TestIssuer::new(Algorithm::Ed25519);
    Api::with_rules(issuer, |trusted| trusted.profile(Profile::AccessToken)).await
}

#[test]
fn rfc9068_2_1_an_issued_token_is_signed_and_typed() {
    let clock = TestIssuer::new(Algorithm::HS256).clock();
    let token = issuer(&clock).issue(&Grant::to("alice").client_id("web")).unwrap();
    let header = part(token.as_str(), 0);
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!(header["alg"], "Ed25519");
    assert!(!token.as_str().ends_with('.'));
}

#[test]
fn rfc9068_2_1_there_is_no_algorithm_none_to_issue_with() {
    assert!(Algorithm::ALL.iter().all(|algorithm| algorithm.name() != "none"));
    assert_eq!(Algorithm::from_name("none"), None);
}

#[tokio::test]
async fn rfc9068_2_2_an_issued_token_has_every_required_claim() {
    let clock = TestIssuer::new(Algorithm::HS256).clock();
    let issuer = issuer(&clock);
    let token = issuer.issue(&Grant::to("alice").client_id("web").scope("a b")).unwrap();
    let claims = part(token.as_str(), 1);
    for name in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        assert!(claims.get(name).is_some(), "{name}");
    }
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 900);
    assert_eq!(claims["jti"], token.id());
    assert_eq!(claims["scope"], "a b");

    let trusted = TrustedIssuer::new(NAME, issuer.keys()).audience("https://api.test");
    let verifier = Verifier::builder().trust(trusted.profile(Profile::AccessToken));
    let verifier = verifier.clock(clock).build().unwrap();
    let api = Api::with_verifier(TestIssuer::new(Algorithm::HS256), verifier).await;
    accepted(&api.me(token.as_str()).await);
}

#[tokio::test]
async fn rfc9068_2_2_a_token_that_lacks_a_required_claim_is_refused() {
    let api = strict_api().await;
    accepted(&api.me(&api.issuer.token("alice").sign()).await);
    for name in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        let reply = api.me(&api.issuer.token("alice").without(name).sign()).await;
        let kind = match name {
            "iss" => JwtErrorKind::WrongIssuer,
            _ => JwtErrorKind::MalformedToken,
        };
        refused(&reply, kind);
    }
}

/// The profile asks for `aud` and `iss` also of who does not care what they are.
#[tokio::test]
async fn rfc9068_2_2_the_claims_are_required_even_where_their_values_are_not_checked() {
    let issuer = TestIssuer::new(Algorithm::Ed25519);
    let trusted = TrustedIssuer::dangerous_any_issuer(issuer.keys()).dangerous_any_audience();
    let verifier = issuer.verifier_of(trusted.profile(Profile::AccessToken));
    let api = Api::with_verifier(issuer, verifier).await;
    accepted(&api.me(&api.issuer.token("alice").sign()).await);
    accepted(&api.me(&api.issuer.token("alice").claim("aud", ["x"]).sign()).await);
    for name in ["iss", "aud"] {
        let token = api.issuer.token("alice").without(name).sign();
        refused(&api.me(&token).await, JwtErrorKind::MalformedToken);
    }
}

#[test]
fn rfc9068_2_2_an_issuer_without_audience_is_refused_at_build_time() {
    let key = SigningKey::generate(Algorithm::Ed25519).unwrap();
    assert!(Issuer::builder(NAME, key.clone()).build().is_err());
    assert!(Issuer::builder(NAME, key.clone()).audience("").build().is_err());
    assert!(Issuer::builder("", key).audience("a").build().is_err());
}

#[test]
fn rfc9068_2_2_1_authentication_keeps_its_time_when_a_token_is_renewed() {
    let clock = TestIssuer::new(Algorithm::HS256).clock();
    let issuer = issuer(&clock);
    let grant = Grant::to("alice").authenticated_at(clock.now()).acr("2").amr("pwd").amr("otp");
    let first = part(issuer.issue(&grant).unwrap().as_str(), 1);
    clock.advance(Duration::from_secs(600));
    let renewed = part(issuer.issue(&grant).unwrap().as_str(), 1);
    assert_eq!(renewed["iat"].as_u64().unwrap() - first["iat"].as_u64().unwrap(), 600);
    for name in ["auth_time", "acr", "amr"] {
        assert!(first.get(name).is_some_and(|value| renewed.get(name) == Some(value)), "{name}");
    }
}

/// One change each of what section 4 tells a resource server to validate.
#[tokio::test]
async fn rfc9068_4_each_thing_that_a_resource_server_validates_is_enough_to_refuse() {
    let api = strict_api().await;
    let token = api.issuer.token("alice");
    accepted(&api.me(&token.sign()).await);
    for (token, kind) in [
        (token.clone().header("typ", "JWT").sign(), JwtErrorKind::WrongType),
        (token.flawed(Flaw::Encrypted), JwtErrorKind::MalformedToken),
        (token.clone().claim("iss", "https://issuer.test/").sign(), JwtErrorKind::WrongIssuer),
        (token.wrong_audience(), JwtErrorKind::WrongAudience),
        (token.bad_signature(), JwtErrorKind::BadSignature),
        (token.unsigned(), JwtErrorKind::MalformedToken),
        (token.clone().header("alg", "none").sign(), JwtErrorKind::UnknownKey),
        (token.expired(), JwtErrorKind::Expired),
    ] {
        refused(&api.me(&token).await, kind);
    }
}
