//! TLS and passwords.

use std::time::Duration;

use session_layer::backend::{Backend, BackendErrorKind, RedisBackend, Replication};
use test_servers::{PATIENCE, RedisCluster};

use super::shared::renewal;
use crate::fixture::{ask, key, login, patient};
use crate::tls::Authority;

async fn works(backend: &RedisBackend) {
    backend.connect().await.unwrap();
    for n in 0..5 {
        let (old, new) = (key(&format!("old {n}")), key(&format!("new {n}")));
        backend.create(&old, &login("alice")).await.unwrap();
        backend.rotate(&old, &renewal(1, new)).await.unwrap();
    }
}

#[tokio::test]
async fn a_cluster_is_used_over_tls() {
    let authority = Authority::new();
    let identity = authority.vouch_for("127.0.0.1");
    let (certificate, secret) = (&identity.certificate, &identity.key);
    let cluster = RedisCluster::start_with_tls(certificate, secret, &authority.pem).await.unwrap();
    let builder = RedisBackend::builder(cluster.tls_url()).root_certificate(authority.pem.clone());
    works(&builder.timeout(PATIENCE).connect_timeout(PATIENCE).build().unwrap()).await;

    let stranger = Authority::new().pem;
    let builder = RedisBackend::builder(cluster.tls_url()).root_certificate(stranger);
    let backend = builder.connect_timeout(PATIENCE).build().unwrap();
    let error = backend.connect().await.unwrap_err();
    assert_eq!(error.kind(), BackendErrorKind::Unavailable, "{error:?}");
}

#[tokio::test]
async fn a_cluster_with_a_password_is_used_with_it_only() {
    let cluster = RedisCluster::start().await.unwrap();
    for node in &cluster.nodes {
        let () = ask(&node.url(), &[b"CONFIG", b"SET", b"requirepass", b"hunter2"]).await;
    }
    let with = |login: &str| cluster.url().replace("://", &format!("://{login}"));
    works(&patient(&with(":hunter2@"))).await;
    for login in ["", ":wrong@"] {
        let error = patient(&with(login)).connect().await.unwrap_err();
        assert_eq!(error.kind(), BackendErrorKind::Refused, "{error:?}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn a_user_with_the_rights_to_our_keys_and_to_the_cluster_is_enough() {
    let cluster = RedisCluster::start().await.unwrap();
    let rights = "ACL SETUSER app on >s3cret ~session:* +@read +@write +@scripting +ping +time \
                  +cluster|slots +asking";
    let rights: Vec<_> = rights.split_whitespace().map(str::as_bytes).collect();
    for node in &cluster.nodes {
        let () = ask(&node.url(), &rights).await;
    }
    works(&patient(&cluster.url().replace("://", "://app:s3cret@"))).await;
}

#[test]
fn a_cluster_waits_for_replicas_for_no_more_than_a_quarter_of_the_deadline() {
    let waiting = |millis| {
        let replication = Replication::synchronous(1, Duration::from_millis(millis));
        RedisBackend::builder("redis+cluster://localhost").replication(replication).build()
    };
    assert!(waiting(125).is_ok());
    assert!(waiting(126).is_err());
}
