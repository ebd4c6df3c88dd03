use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisResult};
use session_layer::backend::{
    Backend, Created, Draft, Found, Lifetime, Loaded, Payload, RedisBackend, SessionKey, UserId,
};
use session_layer::conformance::Subject;
use test_servers::{PATIENCE, Redis, until};

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
        let backend = patient(&server.url());
        Self { server, backend }
    }

    /// What Redis itself answers to a command.
    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &[&[u8]]) -> T {
        ask(&self.server.url(), command).await
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

/// How often a client has sent each command, and scripts have.
pub(crate) type Counts = BTreeMap<String, u64>;

impl Fixture {
    pub(crate) async fn counts(&self) -> Counts {
        count_calls(&self.server.url()).await
    }

    /// What was sent since, but for what asks for it.
    pub(crate) async fn sent_since(&self, before: Counts) -> Counts {
        let mut counts = self.counts().await;
        for (command, times) in before {
            *counts.get_mut(&command).unwrap() -= times;
        }
        counts.retain(|command, times| {
            *times > 0 && !command.starts_with("client") && command != "info"
        });
        counts
    }
}

/// How often each command was sent to a Redis. One that gets another master drops its clients.
pub(crate) async fn count_calls(url: &str) -> Counts {
    let stats = async || try_ask::<String>(url, &[b"INFO", b"commandstats"]).await.ok();
    let stats = until("its commands are counted", stats).await.unwrap();
    let lines = stats.lines().filter_map(|line| line.strip_prefix("cmdstat_"));
    let counts = lines.filter_map(|line| {
        let (command, figures) = line.split_once(":calls=")?;
        Some((command.to_owned(), figures.split(',').next()?.parse().ok()?))
    });
    counts.collect()
}

#[async_trait]
impl Subject for Fixture {
    fn backend(&self) -> &dyn Backend {
        &self.backend
    }

    async fn advance(&self, by: Duration) {
        age(&self.server.url(), by).await;
    }
}

/// Past the backend.
async fn raw(url: &str) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
    Client::open(url)?.get_multiplexed_async_connection_with_config(&config).await
}

/// What a Redis itself answers to a command.
pub(crate) async fn ask<T: FromRedisValue>(url: &str, command: &[&[u8]]) -> T {
    try_ask(url, command).await.unwrap()
}

async fn try_ask<T: FromRedisValue>(url: &str, command: &[&[u8]]) -> RedisResult<T> {
    let mut request = redis::Cmd::new();
    request.arg(command);
    request.query_async(&mut raw(url).await?).await
}

/// Makes all that a Redis has older.
pub(crate) async fn age(url: &str, by: Duration) {
    age_below(url, "", by).await
}

/// Makes all that a Redis has with this prefix older.
pub(crate) async fn age_below(url: &str, prefix: &str, by: Duration) {
    let by = by.as_millis().to_string();
    let script = include_str!("older.lua").as_bytes();
    ask(url, &[b"EVAL", script, b"0", by.as_bytes(), prefix.as_bytes()]).await
}

/// A backend for a machine that is busy, in tests that are not about its patience.
pub(crate) fn patient(url: &str) -> RedisBackend {
    let builder = RedisBackend::builder(url).timeout(PATIENCE).connect_timeout(PATIENCE);
    builder.build().unwrap()
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
