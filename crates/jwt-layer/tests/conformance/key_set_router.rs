//! The public keys of an issuer, as it serves them.

use jwt_layer::test_util::TestIssuer;
use jwt_layer::{Algorithm, Grant, Issuer, KeySet, SigningKey, TrustedIssuer, Verifier};
use serde_json::Value;

use crate::http_client::{Reply, Server};

const PATH: &str = "/.well-known/jwks.json";

fn issuer(key: SigningKey) -> Issuer {
    Issuer::builder("https://issuer.test", key).audience("api").build().unwrap()
}

fn keys(reply: &Reply) -> Vec<Value> {
    let set: Value = serde_json::from_str(&reply.body).unwrap();
    set["keys"].as_array().unwrap().clone()
}

#[tokio::test]
async fn who_fetches_the_set_can_verify_the_tokens() {
    for algorithm in [Algorithm::RS256, Algorithm::PS384, Algorithm::ES384, Algorithm::Ed25519] {
        let issuer = issuer(TestIssuer::new(algorithm).key().clone());
        let server = Server::start(issuer.jwks_router()).await;
        let reply = server.get(PATH, &[]).await;
        assert_eq!(reply.header("content-type"), Some("application/jwk-set+json"));
        assert_eq!(keys(&reply)[0]["alg"], algorithm.name());
        let fetched = KeySet::from_jwks(&reply.body).unwrap();
        let trusted = TrustedIssuer::new("https://issuer.test", fetched).audience("api");
        let verifier = Verifier::builder().trust(trusted).build().unwrap();
        verifier.verify(issuer.issue(&Grant::to("alice")).unwrap().as_str()).unwrap();
    }
}

#[tokio::test]
async fn the_set_may_be_cached_and_is_not_sent_twice() {
    let issuer = issuer(SigningKey::generate(Algorithm::ES256).unwrap());
    let server = Server::start(issuer.jwks_router()).await;
    let first = server.get(PATH, &[]).await;
    assert_eq!(first.header("cache-control"), Some("public, max-age=300"));
    let tag = first.header("etag").unwrap().to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let again = server.get(PATH, &[("If-None-Match", &known)]).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{known}");
        assert_eq!(again.header("etag"), Some(tag.as_str()));
        assert_eq!(again.header("cache-control"), Some("public, max-age=300"));
    }
    assert_eq!(server.get(PATH, &[("If-None-Match", "\"x\"")]).await.status, 200);

    let next = SigningKey::generate(Algorithm::ES256).unwrap();
    let old = issuer.keys().keys();
    issuer.rotate(next, old).unwrap();
    let rotated = server.get(PATH, &[("If-None-Match", &tag)]).await;
    assert_eq!((rotated.status, keys(&rotated).len()), (200, 2));
    assert_ne!(rotated.header("etag"), Some(tag.as_str()));
}

#[tokio::test]
async fn neither_a_secret_nor_a_private_key_is_published() {
    let secret = issuer(SigningKey::hmac(Algorithm::HS256, [7; 32]).unwrap());
    let server = Server::start(secret.jwks_router()).await;
    assert_eq!(server.get(PATH, &[]).await.body, r#"{"keys":[]}"#);
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::Ed25519] {
        let issuer = issuer(TestIssuer::new(algorithm).key().clone());
        let server = Server::start(issuer.jwks_router()).await;
        for key in keys(&server.get(PATH, &[]).await) {
            let allowed = ["kty", "use", "alg", "kid", "crv", "x", "y", "n", "e"];
            assert!(key.as_object().unwrap().keys().all(|name| allowed.contains(&name.as_str())));
        }
    }
}

#[tokio::test]
async fn a_published_secret_stays_out_of_the_set_beside_a_public_key() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let secret = SigningKey::hmac(Algorithm::HS256, [7; 32]).unwrap().with_id("secret");
    let issuer = Issuer::builder("https://issuer.test", key).audience("api");
    let issuer = issuer.publish(secret.verifying_key().clone()).build().unwrap();
    let server = Server::start(issuer.jwks_router()).await;
    let reply = server.get(PATH, &[]).await;
    assert_eq!(keys(&reply).len(), 1);
    assert!(!reply.body.contains("secret") && !reply.body.contains("oct"));
}
