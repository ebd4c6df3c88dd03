//! The stores, on real servers of this run.

use axum::Router;
use session_layer::SessionLayer;
use session_layer::backend::{Backend, MemoryBackend};
use tempfile::TempDir;
use test_servers::{MariaDb, Postgres, Redis};
use tower_sessions::{MemoryStore, SessionManagerLayer, SessionStore};

use crate::contender::{Contender, Group};
use crate::{mysql, postgres, redis, sqlite};

pub(crate) struct Stores {
    redis: Redis,
    mariadb: MariaDb,
    postgres: Postgres,
    folder: TempDir,
}

impl Stores {
    pub(crate) async fn start() -> Self {
        Self {
            redis: Redis::start().await.unwrap(),
            mariadb: MariaDb::start().await.unwrap(),
            postgres: Postgres::start().await.unwrap(),
            folder: TempDir::new().unwrap(),
        }
    }

    /// All of them, with connections of their own for the runtime that asks.
    pub(crate) async fn groups(&self) -> Vec<Group> {
        vec![
            memory(),
            sqlite::group(self.folder.path()).await,
            redis::group(&self.redis).await,
            mysql::group(&self.mariadb).await,
            postgres::group(&self.postgres).await,
        ]
    }
}

fn memory() -> Group {
    let theirs = peer("tower-sessions 0.14, MemoryStore", MemoryStore::default());
    let ours = ours("session-layer, memory", MemoryBackend::new());
    Group {
        title: "memory",
        requests: 500,
        contenders: vec![theirs, ours],
        yardsticks: Vec::new(),
        wired: None,
    }
}

pub(crate) fn peer(name: &'static str, store: impl SessionStore + Clone) -> Contender {
    Contender::new(name, move |router: Router| {
        router.layer(SessionManagerLayer::new(store.clone()))
    })
}

pub(crate) fn ours(name: &'static str, backend: impl Backend) -> Contender {
    let layer = SessionLayer::builder(backend).build().unwrap();
    Contender::new(name, move |router: Router| router.layer(layer.clone()))
}
