//! Keys change while requests run, and no request fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jwt_layer::test_util::TestIssuer;
use jwt_layer::{
    Algorithm, Grant, Issuer, JwtErrorKind, SigningKey, TrustedIssuer, Verifier, VerifyingKey,
};

use crate::api::{Api, accepted, refused};

fn issuer_of(key: SigningKey) -> Issuer {
    Issuer::builder("https://issuer.test", key).audience("https://api.test").build().unwrap()
}

async fn api_of(issuer: &Issuer) -> Api {
    let trusted = TrustedIssuer::new("https://issuer.test", issuer.keys());
    let verifier = Verifier::builder().trust(trusted.audience("https://api.test"));
    Api::with_verifier(TestIssuer::new(Algorithm::HS256), verifier.build().unwrap()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_keys_are_rotated() {
    let mut key = SigningKey::generate(Algorithm::ES256).unwrap();
    let issuer = issuer_of(key.clone());
    let api = Arc::new(api_of(&issuer).await);
    let done = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (api, issuer, done) = (Arc::clone(&api), issuer.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                let first = issuer.issue(&Grant::to("alice")).unwrap();
                let mut requests = 0;
                while !done.load(Ordering::Relaxed) {
                    let fresh = issuer.issue(&Grant::to("alice")).unwrap();
                    accepted(&api.me(fresh.as_str()).await);
                    accepted(&api.me(first.as_str()).await);
                    requests += 2;
                }
                requests
            })
        })
        .collect();
    // All earlier keys stay published, as their tokens have not ended.
    let mut earlier: Vec<VerifyingKey> = Vec::new();
    for _ in 0..100 {
        earlier.push(key.verifying_key().clone());
        key = SigningKey::generate(Algorithm::ES256).unwrap();
        issuer.rotate(key.clone(), earlier.clone()).unwrap();
        accepted(&api.me(issuer.issue(&Grant::to("bob")).unwrap().as_str()).await);
    }
    done.store(true, Ordering::Relaxed);
    for client in clients {
        assert!(client.await.unwrap() > 0);
    }
}

#[tokio::test]
async fn a_key_that_is_no_longer_published_verifies_nothing() {
    let old = SigningKey::generate(Algorithm::ES256).unwrap();
    let issuer = issuer_of(old.clone());
    let api = api_of(&issuer).await;
    let token = issuer.issue(&Grant::to("alice")).unwrap();
    accepted(&api.me(token.as_str()).await);
    let next = SigningKey::generate(Algorithm::Ed25519).unwrap();
    issuer.rotate(next.clone(), [old.verifying_key().clone()]).unwrap();
    accepted(&api.me(token.as_str()).await);
    accepted(&api.me(issuer.issue(&Grant::to("alice")).unwrap().as_str()).await);
    issuer.rotate(next, []).unwrap();
    refused(&api.me(token.as_str()).await, JwtErrorKind::UnknownKey);
}

#[test]
fn a_rotation_that_can_not_be_changes_nothing() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let issuer = issuer_of(key.clone());
    let next = SigningKey::generate(Algorithm::ES256).unwrap().with_id("next");
    let same_id = key.verifying_key().clone().with_id("next");
    assert!(issuer.rotate(next.clone(), [same_id]).is_err());
    assert!(issuer.rotate(next.with_id(""), []).is_err());
    let trusted = TrustedIssuer::new("https://issuer.test", issuer.keys());
    let verifier = Verifier::builder().trust(trusted.audience("https://api.test"));
    let token = issuer.issue(&Grant::to("alice")).unwrap();
    verifier.build().unwrap().verify(token.as_str()).unwrap();
}

#[test]
fn ids_that_are_empty_or_stand_twice_are_refused_at_build_time() {
    use jwt_layer::KeySet;
    let key = |id: &str| VerifyingKey::hmac(Algorithm::HS256, [7; 32]).unwrap().with_id(id);
    assert!(KeySet::new([]).is_err());
    assert!(KeySet::new([key("")]).is_err());
    assert!(KeySet::new([key("a"), key("a")]).is_err());
    let set = KeySet::new([key("a"), key("b")]).unwrap();
    assert!(set.replace([key("c"), key("c")]).is_err());
    assert_eq!(set.keys().len(), 2);
}

#[tokio::test]
async fn a_published_key_works_before_it_signs() {
    let (key, next) =
        (SigningKey::generate(Algorithm::ES256), SigningKey::generate(Algorithm::ES256));
    let (key, next) = (key.unwrap(), next.unwrap());
    let issuer = Issuer::builder("https://issuer.test", key).audience("https://api.test");
    let issuer = issuer.publish(next.verifying_key().clone()).build().unwrap();
    let api = api_of(&issuer).await;
    let token = issuer_of(next).issue(&Grant::to("alice")).unwrap();
    accepted(&api.me(token.as_str()).await);
}
