//! The issuer of `test_util`: every algorithm, every flaw.

use std::time::Duration;

use jwt_layer::test_util::{Flaw, TestIssuer};
use jwt_layer::{Algorithm, JwtErrorKind, Profile, SigningKey, TrustedIssuer};
use serde_json::json;

#[test]
fn good_tokens_are_accepted_and_bad_ones_refused_for_their_flaw() {
    for algorithm in Algorithm::ALL {
        let issuer = TestIssuer::new(algorithm);
        let verifier = issuer.verifier();
        let token = issuer.token("alice");
        assert_eq!(verifier.verify(&token.sign()).unwrap().subject(), Some("alice"));
        for flaw in Flaw::ALL {
            let error = verifier.verify(&token.flawed(flaw)).unwrap_err();
            assert_eq!(error.kind(), flaw.refusal(), "{algorithm} {flaw:?}");
        }
    }
}

#[test]
fn a_token_meets_the_profile_of_rfc_9068() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let verifier = issuer.verifier_of(issuer.trusted().profile(Profile::AccessToken));
    verifier.verify(&issuer.token("alice").sign()).unwrap();
}

#[test]
fn a_token_says_what_it_is_told() {
    let issuer = TestIssuer::new(Algorithm::HS256).with_name("me").with_audience("you");
    let token = issuer.token("alice").scope("a b").scope("c").role("admin").role("staff");
    let token = token.claims(json!({"tenant": 7})).claim("acr", "2").without("jti").sign();
    let token = issuer.verifier().verify(&token).unwrap();
    assert_eq!((token.issuer(), token.audience().collect()), (Some("me"), vec!["you"]));
    assert_eq!(token.scopes().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(token.roles().collect::<Vec<_>>(), ["admin", "staff"]);
    assert_eq!(token.id(), None);
    assert_eq!(token.claims::<serde_json::Value>().unwrap()["tenant"], 7);
}

#[test]
fn clones_share_the_clock_and_another_key_has_a_set_of_its_own() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let other = issuer.clone().with_key(SigningKey::hmac(Algorithm::HS256, [7; 32]).unwrap());
    let token = other.token("alice").sign();
    assert_eq!(issuer.verifier().verify(&token).unwrap_err().kind(), JwtErrorKind::UnknownKey);
    other.verifier().verify(&token).unwrap();
    issuer.clock().advance(Duration::from_secs(2 * 3600));
    assert_eq!(other.verifier().verify(&token).unwrap_err().kind(), JwtErrorKind::Expired);
}

#[test]
fn no_two_tokens_have_the_same_id() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    assert_ne!(issuer.token("alice").sign(), issuer.clone().token("alice").sign());
}

#[test]
#[should_panic(expected = "the rules should be possible")]
fn rules_that_can_not_be_are_a_panic() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    issuer.verifier_of(TrustedIssuer::new("", issuer.keys()));
}
