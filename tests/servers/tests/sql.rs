//! The SQL servers come up, and come back after they were killed.

use test_servers::{MariaDb, Postgres};

#[tokio::test]
async fn mariadb_comes_back_after_it_was_killed() {
    let mut server = MariaDb::start().await.unwrap();
    server.kill().await.unwrap();
    server.restart().await.unwrap();
}

#[tokio::test]
async fn postgresql_comes_back_after_it_was_killed() {
    let mut server = Postgres::start().await.unwrap();
    server.kill().await.unwrap();
    server.restart().await.unwrap();
}
