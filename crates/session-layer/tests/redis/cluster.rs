//! A cluster.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use session_layer::backend::{Backend, RedisBackend};
use session_layer::conformance::Subject;
use test_servers::{PATIENCE, RedisCluster};
use tokio::sync::OnceCell;

use crate::fixture::age_below;

/// One for all tests that do nothing to it, each with a prefix of its own.
static CLUSTER: OnceCell<RedisCluster> = OnceCell::const_new();
static TESTS: AtomicU32 = AtomicU32::new(0);

async fn cluster() -> &'static RedisCluster {
    CLUSTER.get_or_init(async || RedisCluster::start().await.unwrap()).await
}

/// A backend on the cluster.
struct Shared {
    cluster: &'static RedisCluster,
    prefix: String,
    backend: RedisBackend,
}

impl Shared {
    async fn start() -> Self {
        let cluster = cluster().await;
        let prefix = format!("{}:", TESTS.fetch_add(1, Ordering::Relaxed));
        let builder = RedisBackend::builder(cluster.url()).prefix(&prefix);
        let backend = builder.timeout(PATIENCE).connect_timeout(PATIENCE).build().unwrap();
        Self { cluster, prefix, backend }
    }
}

#[async_trait]
impl Subject for Shared {
    fn backend(&self) -> &dyn Backend {
        &self.backend
    }

    async fn advance(&self, by: Duration) {
        for node in &self.cluster.nodes {
            age_below(&node.url(), &self.prefix, by).await;
        }
    }
}

mod promises {
    use super::Shared;

    session_layer::conformance_tests!(Shared::start());
}
