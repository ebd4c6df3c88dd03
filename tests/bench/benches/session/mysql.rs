//! MariaDB, by the backends for MySQL.

use std::sync::Arc;

use session_layer::backend::MySqlBackend;
use sqlx::{Connection, Executor, MySqlConnection};
use test_servers::MariaDb;
use tokio::sync::Mutex;
use tower_sessions_sqlx_store::MySqlStore;

use crate::contender::{Contender, Group};
use crate::stores::{ours, peer};
use crate::wire::Wire;
use crate::yardstick::{Measures, STORED, Yardstick};

pub(crate) async fn group(server: &MariaDb) -> Group {
    let mut connection = MySqlConnection::connect(&server.url("")).await.unwrap();
    connection.execute("CREATE DATABASE IF NOT EXISTS shop").await.unwrap();
    let url = server.url("shop");
    let wire = Wire::before(&url).await;
    let wired = contenders(&wire.url(&url)).await;
    Group {
        title: "MariaDB",
        requests: 20,
        contenders: contenders(&url).await,
        yardsticks: yardsticks(&url).await,
        wired: Some((wire, wired)),
    }
}

async fn contenders(url: &str) -> Vec<Contender> {
    let store = MySqlStore::new(sqlx::MySqlPool::connect(url).await.unwrap());
    store.migrate().await.unwrap();
    let backend = MySqlBackend::builder(url).build().unwrap();
    backend.migrate().await.unwrap();
    vec![
        peer("tower-sessions-sqlx-store 0.15, MySQL", store),
        ours("session-layer, MySQL", backend),
    ]
}

async fn yardsticks(url: &str) -> Vec<Yardstick> {
    let mut connection = MySqlConnection::connect(url).await.unwrap();
    let table = "CREATE TABLE IF NOT EXISTS bare \
                 (id BINARY(32) NOT NULL PRIMARY KEY, payload MEDIUMBLOB NOT NULL)";
    connection.execute(table).await.unwrap();
    let insert = sqlx::query("REPLACE INTO bare VALUES (?, ?)").bind(&KEY[..]);
    insert.bind(vec![b'x'; STORED]).execute(&mut connection).await.unwrap();
    let connection = Arc::new(Mutex::new(connection));
    let other = Arc::clone(&connection);
    vec![
        Yardstick::new("a bare SELECT by primary key", Measures::Reads, move || {
            select(Arc::clone(&connection))
        }),
        Yardstick::new("a bare UPDATE by primary key", Measures::Changes, move || {
            update(Arc::clone(&other))
        }),
    ]
}

const KEY: [u8; 32] = [7; 32];

async fn select(connection: Arc<Mutex<MySqlConnection>>) {
    let query = sqlx::query_scalar("SELECT payload FROM bare WHERE id = ?").bind(&KEY[..]);
    let payload: Vec<u8> = query.fetch_one(&mut *connection.lock().await).await.unwrap();
    assert_eq!(payload.len(), STORED);
}

async fn update(connection: Arc<Mutex<MySqlConnection>>) {
    let query = sqlx::query("UPDATE bare SET payload = ? WHERE id = ?");
    let query = query.bind(vec![fastrand::u8(..); STORED]).bind(&KEY[..]);
    query.execute(&mut *connection.lock().await).await.unwrap();
}
