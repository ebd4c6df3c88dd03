use std::net::SocketAddr;
use std::time::{Duration, Instant};

use example_service::test_util::Files;
use http::StatusCode;
use jwt_layer::{Algorithm, Grant, Issuer, SigningKey};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::pem_key;
use crate::service::Service;

/// Another issuer, with a key of its own.
fn other_issuer(name: &str) -> Issuer {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    Issuer::builder(name, key).audience("stateless-api").token_type("JWT").build().unwrap()
}

fn token_of(issuer: &Issuer) -> String {
    issuer.issue(&Grant::to("carol").scope("orders:write")).unwrap().into_string()
}

/// Serves its keys on a drawn port.
async fn publish(issuer: &Issuer) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app: axum::Router = issuer.jwks_router();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn jwks(service: &Service) -> Vec<Value> {
    service.get("/.well-known/jwks.json").await.json()["keys"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_token_of_one_instance_is_good_on_another() {
    let token = Service::new().token("alice").await;
    assert_eq!(Service::new().get_with("/me", &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_of_an_instance_with_another_key_is_refused() {
    let files = Files::new();
    let key = files.write("other.key", &"x".repeat(32));
    let token = Service::with(&["--key", &key]).token("alice").await;
    Service::new().get_with("/me", &token).await.is_problem(
        r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"the signature of the token is not valid","code":"bad_signature"}"#,
    );
}

#[tokio::test]
async fn the_newline_at_the_end_of_a_secret_does_not_count() {
    let files = Files::new();
    let (unix, dos) = ("x".repeat(32) + "\n", "x".repeat(32) + "\r\n");
    let (unix, dos) = (files.write("unix", &unix), files.write("dos", &dos));
    let token = Service::with(&["--key", &unix]).token("alice").await;
    let answer = Service::with(&["--key", &dos]).get_with("/me", &token).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_secret_is_not_published() {
    assert_eq!(Service::new().get("/.well-known/jwks.json").await.text, r#"{"keys":[]}"#);
}

#[tokio::test]
async fn the_signing_key_and_further_ones_are_published() {
    let (files, (key, _)) = (Files::new(), pem_key::p256());
    let (key, next) = (files.write("key.pem", &key), files.write("next.pem", &pem_key::ed25519()));
    let keys = jwks(&Service::with(&["--key", &key, "--publish-key", &next])).await;
    let algorithms: Vec<_> = keys.iter().map(|key| key["alg"].as_str().unwrap()).collect();
    assert_eq!(algorithms, ["ES256", "Ed25519"]);
    assert!(keys.iter().all(|key| key.get("d").is_none()));
}

#[tokio::test]
async fn a_public_key_is_published_under_the_id_that_its_private_key_signs_under() {
    let (files, (private, public)) = (Files::new(), pem_key::p256());
    let (private, public) = (files.write("key", &private), files.write("key.pub", &public));
    let signing = jwks(&Service::with(&["--key", &private])).await;
    let published = jwks(&Service::with(&["--publish-key", &public])).await;
    assert_eq!(signing, published);
}

#[tokio::test]
async fn a_key_that_signs_and_is_published_too_is_there_once() {
    let (files, (private, public)) = (Files::new(), pem_key::p256());
    let (private, public) = (files.write("key", &private), files.write("key.pub", &public));
    let service = Service::with(&["--key", &private, "--publish-key", &public]);
    assert_eq!(jwks(&service).await.len(), 1);
}

#[tokio::test]
async fn a_token_of_a_published_key_is_good() {
    let (files, (private, public)) = (Files::new(), pem_key::p256());
    let (private, public) = (files.write("key", &private), files.write("key.pub", &public));
    let token = Service::with(&["--key", &private]).token("alice").await;
    let answer = Service::with(&["--publish-key", &public]).get_with("/me", &token).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_of_a_trusted_issuer_is_good() {
    let (files, issuer) = (Files::new(), other_issuer("https://other.example"));
    let keys: Vec<_> = issuer.keys().keys().iter().filter_map(jwt_layer::Jwk::of).collect();
    let jwks = files.write("jwks.json", &serde_json::json!({ "keys": keys }).to_string());
    let service = Service::with(&["--trust-issuer", &format!("https://other.example={jwks}")]);
    assert_eq!(service.get_with("/me", &token_of(&issuer)).await.json()["sub"], "carol");
}

#[tokio::test]
async fn a_token_of_an_issuer_that_is_not_trusted_is_refused() {
    let token = token_of(&other_issuer("https://other.example"));
    Service::new().get_with("/me", &token).await.is_problem(
        r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"the issuer of the token is not trusted","code":"wrong_issuer"}"#,
    );
}

#[tokio::test]
async fn the_keys_of_a_trusted_issuer_can_come_from_a_url() {
    let issuer = other_issuer("other");
    let url = format!("http://{}/.well-known/jwks.json", publish(&issuer).await);
    let service = Service::with(&["--trust-issuer", &format!("other={url}")]);
    let (token, start) = (token_of(&issuer), Instant::now());
    let mut answer = service.get_with("/me", &token).await;
    while answer.status == StatusCode::SERVICE_UNAVAILABLE {
        assert!(start.elapsed() < Duration::from_secs(10), "{answer:?}");
        tokio::task::yield_now().await;
        answer = service.get_with("/me", &token).await;
    }
    assert_eq!(answer.json()["sub"], "carol");
}

#[tokio::test]
async fn a_token_of_the_own_issuer_has_to_be_an_access_token() {
    let (files, secret) = (Files::new(), "x".repeat(32));
    let key = SigningKey::hmac(Algorithm::HS256, &secret).unwrap();
    let issuer = Issuer::builder("https://stateless-api.example", key).audience("stateless-api");
    let token = token_of(&issuer.token_type("JWT").build().unwrap());
    let service = Service::with(&["--key", &files.write("key", &secret)]);
    service.get_with("/me", &token).await.is_problem(
        r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"the token is of another type","code":"wrong_type"}"#,
    );
}
