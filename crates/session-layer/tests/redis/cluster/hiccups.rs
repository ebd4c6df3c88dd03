//! Nodes that hang for a moment, with all that they were asked meanwhile, over and over.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use session_layer::backend::{Backend, RedisBackend};
use session_layer::conformance::{Subject, histories_with_faults_are_linearizable};
use test_servers::{RedisCluster, until};

use crate::fixture::{age, key};

/// A backend that soon gives up what it has begun.
struct Hurried {
    cluster: RedisCluster,
    backend: RedisBackend,
}

#[async_trait]
impl Subject for Hurried {
    fn backend(&self) -> &dyn Backend {
        &self.backend
    }

    async fn advance(&self, by: Duration) {
        for node in &self.cluster.nodes {
            age(&node.url(), by).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn histories_are_linearizable_though_nodes_hang_now_and_then() {
    let cluster = RedisCluster::start().await.unwrap();
    let builder = RedisBackend::builder(cluster.url()).timeout(Duration::from_millis(200));
    let subject = Arc::new(Hurried { backend: builder.build().unwrap(), cluster });
    let backend = &subject.backend;
    let histories = tokio::spawn(histories_with_faults_are_linearizable(subject.clone()));
    for node in subject.cluster.nodes.iter().cycle().take(12) {
        node.freeze().await.unwrap();
        let mut asked = 0;
        until("somebody notices", async || {
            asked += 1;
            backend.load(&key(&asked.to_string())).await.err()
        })
        .await
        .unwrap();
        node.thaw().unwrap();
        for n in 0..200 {
            let _ = backend.load(&key(&n.to_string())).await;
        }
    }
    histories.await.unwrap();
}
