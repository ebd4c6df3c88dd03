//! What a token is bound to is handed on, for a guard to judge.

use auth_core::{Principal, TokenBinding};
use jwt_layer::{Algorithm, Grant, IssueError, Issuer, SigningKey, TrustedIssuer, Verifier};
use serde_json::json;

const NAME: &str = "https://issuer.test";

fn issuer() -> (Issuer, Verifier) {
    let key = SigningKey::generate(Algorithm::Ed25519).unwrap();
    let issuer = Issuer::builder(NAME, key).audience("https://api.test").build().unwrap();
    let trusted = TrustedIssuer::new(NAME, issuer.keys()).audience("https://api.test");
    (issuer, Verifier::builder().trust(trusted).build().unwrap())
}

fn binding_of(principal: Option<&Principal>) -> Option<&str> {
    principal.unwrap().binding().map(TokenBinding::as_str)
}

#[test]
fn what_a_token_is_bound_to_goes_with_its_principal() {
    let (issuer, verifier) = issuer();
    let grant = Grant::to("alice").claims(json!({ "bound_to": "this\u{e9}" }));
    let token = issuer.issue(&grant).unwrap();
    // The second is out of the cache.
    for _ in 0..2 {
        let verified = verifier.verify(token.as_str()).unwrap();
        assert_eq!(binding_of(verified.principal()), Some("this\u{e9}"));
    }
}

#[test]
fn a_token_that_is_not_bound_says_nothing() {
    let (issuer, verifier) = issuer();
    let token = issuer.issue(&Grant::to("alice")).unwrap();
    assert_eq!(binding_of(verifier.verify(token.as_str()).unwrap().principal()), None);
}

#[test]
fn what_was_read_of_a_binding_is_kept_with_the_cached_token() {
    let (issuer, verifier) = issuer();
    let token = issuer.issue(&Grant::to("alice").claims(json!({ "bound_to": "seven" }))).unwrap();
    let read = |read: fn(&str) -> usize| {
        let verified = verifier.verify(token.as_str()).unwrap();
        verified.principal().unwrap().binding().unwrap().read(read).copied()
    };
    assert_eq!(read(str::len), Some(5));
    assert_eq!(read(|_| 0), Some(5));
}

#[test]
fn a_binding_that_is_no_text_makes_no_token() {
    let (issuer, _) = issuer();
    for value in [json!(null), json!(7), json!(["a"]), json!({})] {
        let grant = Grant::to("alice").claims(json!({ "bound_to": value }));
        assert_eq!(issuer.issue(&grant), Err(IssueError::Claims));
    }
}
