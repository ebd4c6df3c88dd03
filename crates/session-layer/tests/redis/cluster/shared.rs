use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use redis::FromRedisValue;
use session_layer::backend::{
    Backend, Created, Draft, Loaded, RedisBackend, Rotation, RotationKind, SessionKey,
    TOMBSTONE_LIFE, UserId,
};
use session_layer::conformance::Subject;
use test_servers::{PATIENCE, RedisCluster};
use tokio::sync::OnceCell;

use crate::fixture::{age_below, ask, payload};

/// One for all tests that do nothing to it, each with a prefix of its own.
static CLUSTER: OnceCell<RedisCluster> = OnceCell::const_new();
static TESTS: AtomicU32 = AtomicU32::new(0);

/// A backend on the cluster.
pub(crate) struct Shared {
    pub(super) cluster: &'static RedisCluster,
    pub(super) prefix: String,
    pub(crate) backend: RedisBackend,
}

impl Shared {
    pub(crate) async fn start() -> Self {
        let start = async || RedisCluster::start().await.unwrap();
        let cluster = CLUSTER.get_or_init(start).await;
        let prefix = format!("{}:", TESTS.fetch_add(1, Ordering::Relaxed));
        let builder = RedisBackend::builder(cluster.url()).prefix(&prefix);
        let backend = builder.timeout(PATIENCE).connect_timeout(PATIENCE).build().unwrap();
        Self { cluster, prefix, backend }
    }

    pub(super) async fn created(&self, key: SessionKey, draft: &Draft) -> Vec<SessionKey> {
        match self.backend.create(&key, draft).await.unwrap() {
            Created::Done { ended } => ended,
            refused => panic!("{refused:?}"),
        }
    }

    /// The keys of all sessions of a user that are listed.
    pub(super) async fn listed(&self, user: &str) -> Vec<SessionKey> {
        let listed = self.backend.of_user(&UserId::new(user).unwrap()).await.unwrap();
        listed.iter().map(|found| found.key).collect()
    }

    /// The key of the session that a key has or leads to.
    pub(super) async fn found(&self, key: SessionKey) -> Option<SessionKey> {
        match self.backend.load(&key).await.unwrap() {
            Loaded::Found(found) => Some(found.key),
            Loaded::Missing(_) => None,
        }
    }

    /// What all keys below the prefix that are like this one are called.
    pub(super) async fn names(&self, like: &str) -> Vec<String> {
        let (pattern, mut names) = (format!("{}{like}", self.prefix), Vec::new());
        for node in &self.cluster.nodes {
            let of_node: Vec<String> = ask(&node.url(), &[b"KEYS", pattern.as_bytes()]).await;
            names.extend(of_node);
        }
        names
    }

    /// What the cluster itself answers to a command about a key.
    pub(super) async fn ask<T: FromRedisValue>(&self, verb: &str, name: &str) -> T {
        let owner = self.cluster.owner(slot(self.cluster, name).await);
        let owner = self.cluster.nodes.get(owner).unwrap();
        ask(&owner.url(), &[verb.as_bytes(), name.as_bytes()]).await
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

pub(crate) async fn slot(cluster: &RedisCluster, name: &str) -> u16 {
    let any = cluster.nodes.first().unwrap();
    ask(&any.url(), &[b"CLUSTER", b"KEYSLOT", name.as_bytes()]).await
}

pub(crate) fn renewal(version: u64, to: SessionKey) -> Rotation {
    let grace = Duration::from_secs(60);
    let kind = RotationKind::Renew {
        payload: payload("renewed"),
        lifetime: None,
        grace,
        kept: TOMBSTONE_LIFE,
    };
    Rotation { version, to, kind }
}
