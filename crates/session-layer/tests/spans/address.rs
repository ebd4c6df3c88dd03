//! Which server a backend says that it asks, before it has asked any.

use session_layer::backend::mysql::MySqlBackend;
use session_layer::backend::postgres::PostgresBackend;
use session_layer::backend::{Backend, RedisBackend, ServerAddress};

#[track_caller]
fn check(backend: &impl Backend, expected: Option<ServerAddress>) {
    assert_eq!(backend.server(), expected);
}

#[track_caller]
fn redis(url: &str, expected: Option<ServerAddress>) {
    check(&RedisBackend::builder(url).build().unwrap(), expected);
}

#[track_caller]
fn mysql(url: &str, expected: ServerAddress) {
    check(&MySqlBackend::builder(url).build().unwrap(), Some(expected));
}

#[track_caller]
fn postgres(url: &str, expected: ServerAddress) {
    check(&PostgresBackend::builder(url).build().unwrap(), Some(expected));
}

fn tcp(host: &str, port: u16) -> ServerAddress {
    ServerAddress::tcp(host, port)
}

#[tokio::test]
async fn it_is_the_one_of_the_url_without_the_login() {
    redis("redis://shop:hunter2@redis.example/3", Some(tcp("redis.example", 6379)));
    redis("redis://[::1]:7000", Some(tcp("::1", 7000)));
    mysql("mysql://shop:hunter2@db.example/shop", tcp("db.example", 3306));
    mysql("mysql://shop@[::1]:3307/shop", tcp("::1", 3307));
    postgres("postgres://shop:hunter2@db.example/shop", tcp("db.example", 5432));
    postgres("postgres://shop@[::1]:5433/shop", tcp("::1", 5433));
}

#[tokio::test]
async fn a_unix_socket_is_named_by_its_path() {
    let socket = ServerAddress::socket;
    mysql("mysql://shop@localhost/shop?socket=/run/mysqld.sock", socket("/run/mysqld.sock"));
    let expected = socket("/run/postgresql/.s.PGSQL.5433");
    postgres("postgres://shop@localhost:5433/shop?host=/run/postgresql", expected.clone());
    postgres("postgres://shop@%2Frun%2Fpostgresql:5433/shop", expected);
}

#[tokio::test]
async fn of_several_nodes_it_is_the_one_that_is_asked_first() {
    mysql("mysql://shop@one,two:3307/shop", tcp("one", 3306));
}

#[tokio::test]
async fn nobody_knows_a_master_before_sentinels_were_asked() {
    redis("redis+sentinel://one,two,three/shop", None);
}

#[tokio::test]
async fn a_cluster_has_one_if_a_single_name_stands_for_it() {
    redis("redis+cluster://one,two,three", None);
    redis("redis+cluster://cluster.example:7000", Some(tcp("cluster.example", 7000)));
}
