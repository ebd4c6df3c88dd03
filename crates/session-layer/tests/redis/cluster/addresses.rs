//! What the nodes of a cluster say that they are called.

use session_layer::ConfigErrorKind;
use session_layer::backend::{Backend, RedisBackend};
use session_layer::wrap::NearCache;
use test_servers::{Redis, RedisCluster};

use super::shared::Shared;
use crate::fixture::{ask, draft, key, login, patient};

async fn all_nodes_are_used(url: &str) {
    let backend = patient(url);
    backend.connect().await.unwrap();
    for n in 0..12 {
        backend.create(&key(&n.to_string()), &draft("in")).await.unwrap();
    }
    backend.create(&key("login"), &login("alice")).await.unwrap();
}

async fn configured(settings: &[(&str, &str)]) -> RedisCluster {
    let cluster = RedisCluster::start().await.unwrap();
    for node in &cluster.nodes {
        for (name, value) in settings {
            let set = [b"CONFIG", b"SET".as_slice(), name.as_bytes(), value.as_bytes()];
            let () = ask(&node.url(), &set).await;
        }
    }
    cluster
}

#[tokio::test]
async fn a_cluster_is_found_by_any_of_its_nodes() {
    let redis = Shared::start().await;
    let dead = Redis::start().await.unwrap();
    let url = format!("redis+cluster://{},{}", dead.address(), redis.cluster.nodes[2].address());
    drop(dead);
    all_nodes_are_used(&url).await;
}

#[tokio::test]
async fn nodes_that_have_names_are_used_by_them() {
    let names = [
        ("cluster-announce-hostname", "localhost"),
        ("cluster-preferred-endpoint-type", "hostname"),
    ];
    all_nodes_are_used(&configured(&names).await.url()).await;
}

#[tokio::test]
async fn nodes_that_should_have_names_and_have_none_are_used_by_their_addresses() {
    let nameless = [("cluster-preferred-endpoint-type", "hostname")];
    all_nodes_are_used(&configured(&nameless).await.url()).await;
}

#[tokio::test]
async fn nodes_that_do_not_tell_where_they_are_are_where_they_were_asked() {
    let secret = [("cluster-preferred-endpoint-type", "unknown-endpoint")];
    all_nodes_are_used(&configured(&secret).await.url()).await;
}

#[test]
fn a_prefix_that_would_keep_all_on_one_node_is_refused() {
    for prefix in ["{shop}:", "shop}:"] {
        let builder = RedisBackend::builder("redis+cluster://localhost").prefix(prefix);
        assert_eq!(builder.build().unwrap_err().kind(), ConfigErrorKind::InvalidPrefix);
    }
}

#[test]
fn a_cache_that_a_cluster_would_have_to_tell_of_changes_is_refused() {
    let backend = RedisBackend::builder("redis+cluster://localhost").build().unwrap();
    let error = NearCache::redis(backend.clone()).build().unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::UselessSetting);
    assert!(error.to_string().contains("NearCache::builder"), "{error}");
    assert!(NearCache::builder(backend).build().is_ok());
}
