//! PostgreSQL.

use std::sync::Arc;

use session_layer::backend::PostgresBackend;
use sqlx::{Connection, Executor, PgConnection};
use test_servers::Postgres;
use tokio::sync::Mutex;
use tower_sessions_sqlx_store::PostgresStore;

use crate::contender::{Contender, Group};
use crate::stores::{ours, peer};
use crate::wire::Wire;
use crate::yardstick::{Measures, STORED, Yardstick};

pub(crate) async fn group(server: &Postgres) -> Group {
    let url = server.url("postgres");
    let wire = Wire::before(&url).await;
    let wired = contenders(&wire.url(&url)).await;
    Group {
        title: "PostgreSQL",
        requests: 20,
        contenders: contenders(&url).await,
        yardsticks: yardsticks(&url).await,
        wired: Some((wire, wired)),
    }
}

async fn contenders(url: &str) -> Vec<Contender> {
    let store = PostgresStore::new(sqlx::PgPool::connect(url).await.unwrap());
    store.migrate().await.unwrap();
    let backend = PostgresBackend::builder(url).build().unwrap();
    backend.migrate().await.unwrap();
    vec![
        peer("tower-sessions-sqlx-store 0.15, PostgreSQL", store),
        ours("session-layer, PostgreSQL", backend),
    ]
}

async fn yardsticks(url: &str) -> Vec<Yardstick> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let table = "CREATE TABLE IF NOT EXISTS bare \
                 (id bytea NOT NULL PRIMARY KEY, payload bytea NOT NULL)";
    connection.execute(table).await.unwrap();
    let insert =
        sqlx::query("INSERT INTO bare VALUES ($1, $2) ON CONFLICT DO NOTHING").bind(&KEY[..]);
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

async fn select(connection: Arc<Mutex<PgConnection>>) {
    let query = sqlx::query_scalar("SELECT payload FROM bare WHERE id = $1").bind(&KEY[..]);
    let payload: Vec<u8> = query.fetch_one(&mut *connection.lock().await).await.unwrap();
    assert_eq!(payload.len(), STORED);
}

async fn update(connection: Arc<Mutex<PgConnection>>) {
    let query = sqlx::query("UPDATE bare SET payload = $1 WHERE id = $2");
    let query = query.bind(vec![fastrand::u8(..); STORED]).bind(&KEY[..]);
    query.execute(&mut *connection.lock().await).await.unwrap();
}
