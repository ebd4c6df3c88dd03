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

/// A backend on the cluster.
pub(super) struct Shared {
    pub(super) cluster: &'static RedisCluster,
    pub(super) prefix: String,
    pub(super) backend: RedisBackend,
}

impl Shared {
    pub(super) async fn start() -> Self {
        let start = async || RedisCluster::start().await.unwrap();
        let cluster = CLUSTER.get_or_init(start).await;
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
