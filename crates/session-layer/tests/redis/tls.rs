//! TLS.

use std::error::Error;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use session_layer::backend::{Backend, BackendErrorKind, RedisBackend, RedisBuilder};
use test_servers::{PATIENCE, Redis};

use crate::fixture::{draft, key};

/// Vouches for others.
pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn vouch_for(&self, name: &str) -> Identity {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        Identity { certificate, key: key.serialize_pem() }
    }
}

async fn redis(identity: &Identity, clients: Option<&Authority>) -> Redis {
    let clients = clients.map(|authority| authority.pem.as_str());
    Redis::start_with_tls(&identity.certificate, &identity.key, clients).await.unwrap()
}

async fn works(builder: RedisBuilder) {
    let backend = builder.timeout(PATIENCE).connect_timeout(PATIENCE).build().unwrap();
    backend.create(&key("a"), &draft("in")).await.unwrap();
    backend.load(&key("a")).await.unwrap();
}

async fn is_unavailable(builder: RedisBuilder, why: &str) {
    let backend = builder.connect_timeout(PATIENCE).build().unwrap();
    let error = backend.connect().await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Unavailable, "{error:?}");
    assert!(error.source().unwrap().to_string().contains(why), "{error:?}");
}

#[tokio::test]
async fn a_redis_that_a_given_authority_vouches_for_is_used() {
    let authority = Authority::new();
    let server = redis(&authority.vouch_for("127.0.0.1"), None).await;
    works(RedisBackend::builder(server.url()).root_certificate(authority.pem)).await;
}

#[tokio::test]
async fn a_redis_that_another_authority_vouches_for_is_not() {
    let server = redis(&Authority::new().vouch_for("127.0.0.1"), None).await;
    is_unavailable(RedisBackend::builder(server.url()), "invalid peer certificate").await;
    let other = Authority::new().pem;
    is_unavailable(
        RedisBackend::builder(server.url()).root_certificate(other),
        "invalid peer certificate",
    )
    .await;
}

#[tokio::test]
async fn a_redis_with_the_certificate_of_another_name_is_not() {
    let authority = Authority::new();
    let server = redis(&authority.vouch_for("redis.example"), None).await;
    is_unavailable(RedisBackend::builder(server.url()).root_certificate(authority.pem), "name")
        .await;
}

#[tokio::test]
async fn a_redis_that_asks_for_a_certificate_is_shown_one() {
    let authority = Authority::new();
    let server = redis(&authority.vouch_for("127.0.0.1"), Some(&authority)).await;
    let builder = RedisBackend::builder(server.url()).root_certificate(authority.pem.clone());
    is_unavailable(builder.clone(), "CertificateRequired").await;
    let stranger = Authority::new().vouch_for("app");
    let stranger = builder.clone().client_certificate(stranger.certificate, stranger.key);
    is_unavailable(stranger, "alert").await;
    let app = authority.vouch_for("app");
    works(builder.client_certificate(app.certificate, app.key)).await;
}

#[tokio::test]
async fn a_redis_with_tls_is_not_talked_to_without() {
    let server = redis(&Authority::new().vouch_for("127.0.0.1"), None).await;
    is_unavailable(RedisBackend::builder(server.url().replace("rediss", "redis")), "").await;
}

#[tokio::test]
async fn a_redis_without_tls_does_not_answer_to_it() {
    let plain = Redis::start().await.unwrap();
    let url = plain.url().replace("redis", "rediss");
    let builder = RedisBackend::builder(url).root_certificate(Authority::new().pem);
    assert!(builder.build().unwrap().connect().await.is_err());
}
