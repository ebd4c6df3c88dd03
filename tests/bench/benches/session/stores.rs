//! The stores, on real servers of this run.

use axum::Router;
use session_layer::SessionLayer;
use session_layer::backend::{Backend, MemoryBackend, RedisBackend};
use test_servers::Redis;
use tower_sessions::{MemoryStore, SessionManagerLayer, SessionStore};
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::{ClientLike, Config, Pool};

use crate::contender::{Contender, Group};

pub(crate) struct Stores {
    redis: Redis,
}

impl Stores {
    pub(crate) async fn start() -> Self {
        Self { redis: Redis::start().await.unwrap() }
    }

    pub(crate) async fn contenders(&self) -> Vec<Contender> {
        self.groups().await.into_iter().flat_map(|group| group.contenders).collect()
    }

    /// All of them, with connections of their own for the runtime that asks.
    pub(crate) async fn groups(&self) -> Vec<Group> {
        vec![memory(), redis(&self.redis.url()).await]
    }
}

fn memory() -> Group {
    let theirs = peer("tower-sessions, MemoryStore", MemoryStore::default());
    let ours = ours("session-layer, memory", MemoryBackend::new());
    Group { title: "memory".into(), contenders: vec![theirs, ours] }
}

async fn redis(url: &str) -> Group {
    let pool = Pool::new(Config::from_url(url).unwrap(), None, None, None, 1).unwrap();
    pool.connect();
    pool.wait_for_connect().await.unwrap();
    let theirs = peer("tower-sessions-redis-store 0.16", RedisStore::new(pool));
    let backend = RedisBackend::builder(url).build().unwrap();
    backend.connect().await.unwrap();
    let ours = ours("session-layer, Redis", backend);
    Group { title: "Redis".into(), contenders: vec![theirs, ours] }
}

fn peer(name: &'static str, store: impl SessionStore + Clone) -> Contender {
    Contender::new(name, move |router: Router| {
        router.layer(SessionManagerLayer::new(store.clone()))
    })
}

fn ours(name: &'static str, backend: impl Backend) -> Contender {
    let layer = SessionLayer::builder(backend).build().unwrap();
    Contender::new(name, move |router: Router| router.layer(layer.clone()))
}
