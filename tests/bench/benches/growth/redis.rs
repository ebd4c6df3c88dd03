use std::sync::Arc;

use ::redis::{Client, cmd};
use session_layer::backend::RedisBackend;
use test_servers::Redis;

use crate::place::Filled;
use crate::sessions;
use crate::shared::Shared;
use crate::subject::{Ids, Subject};

pub(crate) async fn fill(sessions: u64) -> Filled {
    let server = Redis::start().await.unwrap();
    let backend = RedisBackend::builder(server.url()).build().unwrap();
    backend.connect().await.unwrap();
    let backend = Shared(Arc::new(backend));
    let before = used(&server).await;
    sessions::create(&backend, sessions).await;
    let bytes = used(&server).await - before;
    Filled::of(Subject::of(backend, Ids::Numbered(sessions)), bytes, server).await
}

async fn used(server: &Redis) -> u64 {
    let client = Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let info: String = cmd("INFO").arg("memory").query_async(&mut connection).await.unwrap();
    let used = info.lines().find_map(|line| line.strip_prefix("used_memory:"));
    used.unwrap().parse().unwrap()
}
