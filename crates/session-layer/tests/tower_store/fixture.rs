use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use auth_core::ManualClock;
use session_layer::backend::tower_store::TowerRedisBuilder;
use session_layer::backend::{
    Backend, Created, Draft, Found, Lifetime, Loaded, Payload, SessionKey, TowerBackend,
    TowerRedis, UserId,
};
use session_layer::conformance::Subject;
use test_servers::{PATIENCE, Redis};

use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::{Client, ClientLike, Config};
use tower_sessions_redis_store::fred::types::CustomCommand;

use crate::unhurried::Unhurried;

/// On the `MemoryStore` of tower-sessions, with others going first.
pub(crate) struct OnMemory {
    clock: ManualClock,
    pub(crate) backend: TowerBackend,
}

impl OnMemory {
    pub(crate) async fn new() -> Self {
        let clock = ManualClock::new(SystemTime::now());
        let backend = TowerBackend::builder(Unhurried::default()).timeout(PATIENCE);
        let backend = backend.clock(clock.clone()).build().unwrap();
        Self { clock, backend }
    }
}

#[async_trait]
impl Subject for OnMemory {
    fn backend(&self) -> &dyn Backend {
        &self.backend
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

/// On the `RedisStore` of tower-sessions-redis-store.
pub(crate) struct OnRedis {
    pub(crate) server: Redis,
    /// Past the backend.
    pub(crate) client: Client,
    clock: ManualClock,
    pub(crate) backend: TowerBackend,
}

impl OnRedis {
    pub(crate) async fn start() -> Self {
        let server = Redis::start().await.unwrap();
        let clock = ManualClock::new(SystemTime::now());
        let client = Client::new(Config::from_url(&server.url()).unwrap(), None, None, None);
        client.init().await.unwrap();
        let backend = TowerBackend::builder(RedisStore::new(client.clone())).timeout(PATIENCE);
        let backend = backend.clock(clock.clone()).build().unwrap();
        Self { server, client, clock, backend }
    }

    /// Of all that is there.
    pub(crate) async fn names(&self) -> Vec<String> {
        self.client.custom(CustomCommand::new_static("KEYS", None, false), vec!["*"]).await.unwrap()
    }

    pub(crate) async fn connections(&self) -> usize {
        let list = CustomCommand::new_static("CLIENT", None, false);
        let list: String = self.client.custom(list, vec!["LIST"]).await.unwrap();
        list.lines().count()
    }
}

#[async_trait]
impl Subject for OnRedis {
    fn backend(&self) -> &dyn Backend {
        &self.backend
    }

    async fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

/// A backend for a machine that is busy, in tests that are not about its patience.
pub(crate) fn patient(url: &str) -> TowerRedisBuilder {
    TowerRedis::builder(format!("tower+{url}")).timeout(PATIENCE).connect_timeout(PATIENCE)
}

pub(crate) fn key(name: &str) -> SessionKey {
    SessionKey::of_id(name)
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub(crate) fn payload(text: &str) -> Payload {
    Payload::from_bytes(text.as_bytes().to_vec())
}

/// An anonymous session.
pub(crate) fn draft(text: &str) -> Draft {
    let lifetime = Lifetime { idle: Duration::from_secs(600), absolute: Duration::from_secs(3600) };
    Draft { payload: payload(text), user: None, lifetime, cap: None }
}

/// A user's session.
pub(crate) fn login(name: &str) -> Draft {
    Draft { user: Some(user(name)), ..draft("in") }
}

pub(crate) async fn created(backend: &TowerBackend, key: SessionKey, draft: &Draft) {
    let created = backend.create(&key, draft).await.unwrap();
    assert_eq!(created, Created::Done { ended: Vec::new() });
}

pub(crate) async fn found(backend: &TowerBackend, key: SessionKey) -> Option<Found> {
    match backend.load(&key).await.unwrap() {
        Loaded::Found(found) => Some(found),
        Loaded::Missing(_) => None,
    }
}
