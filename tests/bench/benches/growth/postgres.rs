use std::sync::Arc;

use session_layer::backend::{Backend, PostgresBackend};
use sqlx::{Connection, Executor, PgConnection, Row};
use test_servers::Postgres;

use crate::place::Filled;
use crate::sessions::{draft, key};
use crate::shared::Shared;
use crate::subject::{Ids, Subject};

/// Room for all of them.
const MEMORY: [&str; 2] = ["shared_buffers=2GB", "max_wal_size=4GB"];

pub(crate) async fn fill(sessions: u64) -> Filled {
    let server = Postgres::start_with(&MEMORY).await.unwrap();
    let url = server.url("postgres");
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let backend = PostgresBackend::builder(url).build().unwrap();
    backend.migrate().await.unwrap();
    backend.create(&key(0), &draft(0)).await.unwrap();
    multiply(&mut connection, sessions).await;
    let bytes = size(&mut connection).await;
    let subject = Subject::of(Shared(Arc::new(backend)), Ids::Numbered(sessions));
    let filled = Filled::of(subject, bytes, server).await;
    // As the server does by itself within a minute.
    connection.execute("VACUUM ANALYZE sessions").await.unwrap();
    filled
}

/// Makes many of the first, each with the key of its number and a user of its own, and all of them
/// created one after the other.
async fn multiply(connection: &mut PgConnection, sessions: u64) {
    for first in (1..sessions).step_by(BATCH as usize) {
        let last = (first + BATCH).min(sessions) - 1;
        let insert = format!(
            "INSERT INTO sessions \
             SELECT sha256(lpad(seq::text, 32, '0')::bytea), state, ('user ' || seq)::bytea, \
             payload, version, created + seq, last_seen + seq, idle, ends + seq, expires + seq, \
             successor \
             FROM sessions, generate_series({first}, {last}) AS seq WHERE user_id = 'user 0'"
        );
        sqlx::query(&insert).execute(&mut *connection).await.unwrap();
    }
}

const BATCH: u64 = 20_000;

/// Of the table and its indexes.
async fn size(connection: &mut PgConnection) -> u64 {
    let row = connection.fetch_one("SELECT pg_total_relation_size('sessions')").await.unwrap();
    row.get::<i64, _>(0) as u64
}
