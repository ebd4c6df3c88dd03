//! Which of several servers a call says that it asks.

use std::net::SocketAddr;

use session_layer::backend::postgres::PostgresBackend;
use session_layer::backend::{Backend, RedisBackend};
use test_servers::{PATIENCE, Postgres, RedisCluster, WatchedRedis, until};

use crate::ended::Ended;

impl Ended {
    /// Where the server is that a call has named.
    async fn server(&self, backend: impl Backend) -> Option<String> {
        let spans = self.of_call(backend).await;
        let span = spans.first().unwrap();
        Some(format!("{}:{}", span.get("server.address")?, span.get("server.port")?))
    }
}

/// For a machine that is busy.
async fn redis(url: &str) -> RedisBackend {
    let builder = RedisBackend::builder(url).timeout(PATIENCE).connect_timeout(PATIENCE);
    let backend = builder.build().unwrap();
    until("it is connected", async || backend.connect().await.ok()).await.unwrap();
    backend
}

fn named(address: SocketAddr) -> Option<String> {
    Some(address.to_string())
}

#[tokio::test]
async fn of_watched_servers_it_is_the_master_after_a_failover_too() {
    let mut watched = WatchedRedis::start_alert().await.unwrap();
    let (ended, backend) = (Ended::begin(), redis(&watched.url()).await);
    let mut servers: Vec<_> = watched.servers.iter().map(|one| named(one.address())).collect();
    let master = ended.server(backend.clone()).await;
    let master = servers.iter().position(|server| *server == master).unwrap();
    watched.servers[master].kill().await.unwrap();
    servers.remove(master);
    let is_named = async || servers.contains(&ended.server(backend.clone()).await).then_some(());
    until("its successor is named", is_named).await.unwrap();
}

#[tokio::test]
async fn of_a_cluster_it_is_none_for_each_session_is_elsewhere() {
    let cluster = RedisCluster::start().await.unwrap();
    let (ended, backend) = (Ended::begin(), redis(&cluster.url()).await);
    assert_eq!(ended.server(backend).await, None);
}

#[tokio::test]
async fn of_postgresql_it_is_the_one_of_the_url() {
    let server = Postgres::start().await.unwrap();
    let url = server.url("postgres");
    let backend = PostgresBackend::builder(url).deadline(PATIENCE).build().unwrap();
    let ended = Ended::begin();
    assert_eq!(ended.server(backend).await, named(server.address()));
}
