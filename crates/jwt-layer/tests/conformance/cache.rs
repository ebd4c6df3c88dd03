//! The cache changes no verdict, whatever happens between two uses of a token.

use std::time::Duration;

use jwt_layer::test_util::{Flaw, TestIssuer};
use jwt_layer::{Algorithm, Jwk, JwtErrorKind, RevocationList, SigningKey, Verifier, VerifyingKey};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::api::{Api, accepted, refused};

#[derive(Clone, Debug)]
enum Step {
    Verify(usize),
    Advance(u64),
    TurnBack(u64),
    /// Lets the set hold the keys whose bits are set, if there are any.
    Replace(u8),
    Remove(usize),
    Revoke(usize),
    RevokePrincipal(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0..TOKENS).prop_map(Step::Verify),
        2 => (0_u64..2_000).prop_map(Step::Advance),
        1 => (0_u64..2_000).prop_map(Step::TurnBack),
        1 => any::<u8>().prop_map(Step::Replace),
        1 => (0_usize..3).prop_map(Step::Remove),
        1 => (0..TOKENS).prop_map(Step::Revoke),
        1 => (0..TOKENS).prop_map(Step::RevokePrincipal),
    ]
}

const TOKENS: usize = 14;

struct World {
    issuer: TestIssuer,
    keys: Vec<VerifyingKey>,
    tokens: Vec<String>,
    revocations: RevocationList,
    verifiers: [Verifier; 3],
}

impl World {
    fn new() -> Self {
        let issuer = TestIssuer::new(Algorithm::HS256);
        let signing: Vec<_> = (0..3)
            .map(|n| SigningKey::hmac(Algorithm::HS256, [n; 32]).unwrap().with_id(n.to_string()))
            .collect();
        let keys: Vec<_> = signing.iter().map(|key| key.verifying_key().clone()).collect();
        issuer.keys().replace(keys.clone()).unwrap();
        let mut tokens = Vec::new();
        for key in signing {
            let signer = issuer.clone().with_key(key);
            let token = signer.token("alice");
            tokens.push(token.clone().expires_in(Duration::from_secs(600)).sign());
            tokens.push(token.clone().expires_in(Duration::from_secs(1_500)).sign());
            tokens.push(token.not_yet_valid());
        }
        let token = issuer.token("bob").header("kid", "0");
        tokens.extend([Flaw::WrongAudience, Flaw::Malformed].map(|flaw| token.flawed(flaw)));
        tokens.push(issuer.clone().token("carol").without("jti").without("iat").sign());
        tokens.push(String::new());
        tokens.push("a.b.c".to_owned());
        assert_eq!(tokens.len(), TOKENS);
        let revocations = RevocationList::with_clock(Duration::from_secs(10_000), issuer.clock());
        let verifier = || {
            let builder = Verifier::builder().trust(issuer.trusted()).clock(issuer.clock());
            builder.revocations(revocations.clone())
        };
        let verifiers = [
            verifier().without_cache().build().unwrap(),
            verifier().build().unwrap(),
            // So small that tokens push each other out.
            verifier().cache_bytes(8 * 1024).build().unwrap(),
        ];
        Self { issuer, keys, tokens, revocations, verifiers }
    }

    fn verdict(&self, verifier: &Verifier, token: usize) -> Option<JwtErrorKind> {
        verifier.verify(&self.tokens[token]).err().map(|error| error.kind())
    }

    fn take(&self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Verify(token) => {
                let [uncached, cached, small] = &self.verifiers;
                let expected = self.verdict(uncached, *token);
                prop_assert_eq!(self.verdict(cached, *token), expected);
                prop_assert_eq!(self.verdict(small, *token), expected);
                prop_assert!(small.cached().1 <= 8 * 1024);
            }
            Step::Advance(seconds) => self.issuer.clock().advance(Duration::from_secs(*seconds)),
            Step::TurnBack(seconds) => {
                use jwt_layer::test_util::Clock;
                let clock = self.issuer.clock();
                clock.set(clock.now() - Duration::from_secs(*seconds));
            }
            Step::Replace(bits) => {
                let kept = self.keys.iter().enumerate().filter(|(n, _)| bits & (1 << n) != 0);
                let _ = self.issuer.keys().replace(kept.map(|(_, key)| key.clone()));
            }
            Step::Remove(key) => drop(self.issuer.keys().remove(&key.to_string())),
            Step::Revoke(token) => {
                if let Ok(token) = self.verifiers[0].verify(&self.tokens[*token]) {
                    let _ = self.revocations.revoke(&token);
                }
            }
            Step::RevokePrincipal(token) => {
                if let Ok(token) = self.verifiers[0].verify(&self.tokens[*token]) {
                    self.revocations.revoke_principal(token.principal().unwrap());
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn verdicts_are_the_same_with_and_without_cache(steps in vec(step(), 1..60)) {
        let world = World::new();
        for step in &steps {
            world.take(step)?;
        }
    }
}

/// Verifies until the token has a place in the cache: some earn it only by coming back.
#[track_caller]
fn fill(verifier: &Verifier, token: &str) {
    for _ in 0..3 {
        verifier.verify(token).unwrap();
    }
    assert_eq!(verifier.cached().0, 1);
}

#[tokio::test]
async fn the_removal_of_a_key_stops_its_cached_tokens_at_once() {
    let api = Api::new(Algorithm::RS256).await;
    let token = api.issuer.token("alice").sign();
    for _ in 0..3 {
        accepted(&api.me(&token).await);
    }
    assert!(api.issuer.keys().remove(api.issuer.key().id().unwrap()));
    refused(&api.me(&token).await, JwtErrorKind::UnknownKey);
}

#[test]
fn the_removal_of_a_key_empties_the_cache_of_what_it_signed() {
    let issuer = TestIssuer::new(Algorithm::RS256);
    let verifier = issuer.verifier();
    fill(&verifier, &issuer.token("alice").sign());
    issuer.keys().remove(issuer.key().id().unwrap());
    assert_eq!(verifier.cached(), (0, 0));
}

#[test]
fn a_key_that_is_removed_and_put_back_makes_no_old_place_good_again() {
    let issuer = TestIssuer::new(Algorithm::RS256);
    let verifier = issuer.verifier();
    let token = issuer.token("alice").sign();
    fill(&verifier, &token);
    issuer.keys().remove(issuer.key().id().unwrap());
    issuer.keys().replace([issuer.key().verifying_key().clone()]).unwrap();
    assert_eq!(verifier.cached().0, 0);
    verifier.verify(&token).unwrap();
}

/// Two RSA keys may share a modulus, and are two all the same.
#[test]
fn a_key_with_another_exponent_is_another_key() {
    let issuer = TestIssuer::new(Algorithm::RS256);
    let verifier = issuer.verifier();
    let token = issuer.token("alice").sign();
    fill(&verifier, &token);
    let other = VerifyingKey::from_jwk(&jwk_of(&issuer).replace("AQAB", "Aw")).unwrap();
    issuer.keys().replace([other]).unwrap();
    assert_eq!(verifier.cached(), (0, 0));
    assert_eq!(verifier.verify(&token).unwrap_err().kind(), JwtErrorKind::BadSignature);
}

fn jwk_of(issuer: &TestIssuer) -> String {
    serde_json::to_string(&Jwk::of(issuer.key().verifying_key()).unwrap()).unwrap()
}

#[test]
fn a_replacement_that_keeps_a_key_keeps_its_tokens() {
    let issuer = TestIssuer::new(Algorithm::RS256);
    let verifier = issuer.verifier();
    fill(&verifier, &issuer.token("alice").sign());
    let next = SigningKey::generate(Algorithm::ES256).unwrap();
    let keys = [issuer.key().verifying_key().clone(), next.verifying_key().clone()];
    issuer.keys().replace(keys).unwrap();
    assert_eq!(verifier.cached().0, 1);
}

#[test]
fn only_good_tokens_enter_the_cache() {
    let issuer = TestIssuer::new(Algorithm::RS256);
    let verifier = issuer.verifier();
    for flaw in Flaw::ALL {
        for _ in 0..3 {
            verifier.verify(&issuer.token("alice").flawed(flaw)).unwrap_err();
        }
    }
    assert_eq!(verifier.cached(), (0, 0));
}

#[test]
fn the_cache_keeps_within_its_bytes() {
    let issuer = TestIssuer::new(Algorithm::HS256);
    let verifier = Verifier::builder().trust(issuer.trusted()).cache_bytes(64 * 1024);
    let verifier = verifier.clock(issuer.clock()).build().unwrap();
    for _ in 0..300 {
        let token = issuer.token("alice").claim("mine", "x".repeat(500)).sign();
        for _ in 0..3 {
            verifier.verify(&token).unwrap();
        }
        assert!(verifier.cached().1 <= 64 * 1024);
    }
    assert!(verifier.cached().0 > 1);
}
