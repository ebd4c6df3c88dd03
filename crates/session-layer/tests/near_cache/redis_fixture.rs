//! Instances of a program on one Redis.

use std::time::Duration;

use redis::{Client, FromRedisValue};
use session_layer::backend::{Backend, RedisBackend};
use session_layer::wrap::NearCache;
use session_layer::wrap::near_cache::Coherence;
use test_servers::{PATIENCE, Redis, until};

use crate::{MAX_AGE, draft, key, loaded};

/// One of several instances, with a cache of its own.
pub(crate) type Instance = NearCache<RedisBackend>;

/// Two instances on one Redis, with a session `a` that both have in memory.
pub(crate) struct Two {
    pub(crate) server: Redis,
    pub(crate) one: Instance,
    pub(crate) other: Instance,
}

impl Two {
    /// With an age that no test lives to see.
    pub(crate) async fn start() -> Self {
        Self::start_with(MAX_AGE).await
    }

    pub(crate) async fn start_with(max_age: Duration) -> Self {
        let server = Redis::start().await.unwrap();
        let instance = || NearCache::redis(patient(&server.url())).max_age(max_age).build();
        let (one, other) = (instance().unwrap(), instance().unwrap());
        one.create(&key("a"), &draft("first")).await.unwrap();
        is_told(&one).await;
        is_told(&other).await;
        Self { server, one, other }
    }

    /// What Redis itself answers to a command.
    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &str) -> T {
        let client = Client::open(self.server.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut request = redis::Cmd::new();
        request.arg(command.split(' ').collect::<Vec<_>>());
        request.query_async(&mut connection).await.unwrap()
    }
}

/// For a machine that is busy.
pub(crate) fn patient(url: &str) -> RedisBackend {
    let builder = RedisBackend::builder(url).timeout(PATIENCE).connect_timeout(PATIENCE);
    builder.build().unwrap()
}

/// Comes back when Redis tells it of changes, and it has the session `a` in memory.
pub(crate) async fn is_told(instance: &Instance) {
    has(instance, Coherence::Told).await;
    let kept = async || {
        loaded(instance, "a").await;
        (instance.bytes() > 0).then_some(())
    };
    until("the session was kept", kept).await.unwrap();
}

/// Comes back when that is how it learns of changes.
pub(crate) async fn has(instance: &Instance, coherence: Coherence) {
    let _ = instance.load(&key("a")).await;
    let ask = async || (instance.coherence() == coherence).then_some(());
    until("it learned of changes like that", ask).await.unwrap();
}
