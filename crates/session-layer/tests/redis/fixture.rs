use std::time::Duration;

use async_trait::async_trait;
use redis::aio::MultiplexedConnection;
use redis::{Client, FromRedisValue, cmd};
use session_layer::backend::{
    Backend, Created, Draft, Found, Lifetime, Loaded, Payload, RedisBackend, SessionKey, UserId,
};
use session_layer::conformance::Subject;
use test_servers::Redis;

/// A Redis, and a backend on it.
pub(crate) struct Fixture {
    pub(crate) server: Redis,
    pub(crate) backend: RedisBackend,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub(crate) async fn start_with(options: &[&str]) -> Self {
        let server = Redis::start_with(options).await.unwrap();
        let backend = RedisBackend::builder(server.url()).build().unwrap();
        Self { server, backend }
    }

    /// Past the backend.
    pub(crate) async fn raw(&self) -> MultiplexedConnection {
        Client::open(self.server.url()).unwrap().get_multiplexed_async_connection().await.unwrap()
    }

    /// What Redis itself answers to a command.
    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &[&[u8]]) -> T {
        let mut request = redis::Cmd::new();
        request.arg(command);
        request.query_async(&mut self.raw().await).await.unwrap()
    }

    pub(crate) async fn created(&self, key: SessionKey, draft: &Draft) {
        let created = self.backend.create(&key, draft).await.unwrap();
        assert_eq!(created, Created::Done { ended: Vec::new() });
    }

    pub(crate) async fn found(&self, key: SessionKey) -> Found {
        match self.backend.load(&key).await.unwrap() {
            Loaded::Found(found) => found,
            Loaded::Missing(missing) => panic!("{missing:?}"),
        }
    }
}

#[async_trait]
impl Subject for Fixture {
    fn backend(&self) -> &dyn Backend {
        &self.backend
    }

    async fn advance(&self, by: Duration) {
        let mut script = cmd("EVAL");
        script.arg(include_str!("older.lua")).arg(0).arg(by.as_millis().to_string());
        script.exec_async(&mut self.raw().await).await.unwrap();
    }
}

pub(crate) const IDLE: Duration = Duration::from_secs(600);
pub(crate) const ABSOLUTE: Duration = Duration::from_secs(3600);

pub(crate) fn key(name: &str) -> SessionKey {
    SessionKey::of_id(name)
}

/// What Redis knows the session by.
pub(crate) fn name(key: SessionKey) -> String {
    format!("session:s:{key}")
}

pub(crate) fn payload(text: &str) -> Payload {
    Payload::from_bytes(text.as_bytes().to_vec())
}

/// An anonymous session.
pub(crate) fn draft(text: &str) -> Draft {
    let lifetime = Lifetime { idle: IDLE, absolute: ABSOLUTE };
    Draft { payload: payload(text), user: None, lifetime, cap: None }
}

/// A user's session.
pub(crate) fn login(user: &str) -> Draft {
    Draft { user: UserId::new(user), ..draft("in") }
}
