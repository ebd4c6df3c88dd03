//! TLS of the `RedisStore` from a URL.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use session_layer::backend::tower_store::TowerRedisBuilder;
use session_layer::backend::{BackendError, BackendErrorKind, TowerBackend};
use test_servers::Redis;

use crate::fixture::{created, draft, found, key, patient};

/// A Redis that takes nothing but TLS, and the certificate of who vouches for its name.
async fn redis(name: &str) -> (Redis, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new([name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap().pem();
    let server = Redis::start_with_tls(&certificate, &key.serialize_pem(), None).await;
    (server.unwrap(), authority)
}

async fn connect(builder: TowerRedisBuilder) -> Result<TowerBackend, BackendError> {
    builder.build().unwrap().connect().await
}

#[tokio::test]
async fn a_redis_that_a_given_authority_vouches_for_is_used() {
    let (server, authority) = redis("127.0.0.1").await;
    let backend = connect(patient(&server.url()).root_certificate(authority)).await.unwrap();
    created(&backend, key("a"), &draft("in")).await;
    assert!(found(&backend, key("a")).await.is_some());
}

#[tokio::test]
async fn a_redis_that_nobody_trusted_vouches_for_is_not() {
    let (server, _) = redis("127.0.0.1").await;
    let (_, other) = redis("127.0.0.1").await;
    for builder in [patient(&server.url()), patient(&server.url()).root_certificate(other)] {
        let error = connect(builder).await.unwrap_err();
        assert_eq!(error.kind(), BackendErrorKind::Unavailable, "{error:?}");
        assert!(format!("{error:?}").contains("InvalidCertificate"), "{error:?}");
    }
}

#[tokio::test]
async fn a_redis_with_the_certificate_of_another_name_is_not() {
    let (server, authority) = redis("redis.example").await;
    let error = connect(patient(&server.url()).root_certificate(authority)).await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Unavailable, "{error:?}");
}
