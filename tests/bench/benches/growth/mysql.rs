use std::fs;
use std::sync::Arc;

use session_layer::backend::{Backend, MySqlBackend};
use sqlx::{Connection, Executor, MySqlConnection};
use test_servers::MariaDb;

use crate::place::Filled;
use crate::sessions::{draft, key};
use crate::shared::Shared;
use crate::subject::{Ids, Subject};

/// Room for all of them.
const MEMORY: [&str; 2] = ["--innodb-buffer-pool-size=2G", "--innodb-log-file-size=512M"];

pub(crate) async fn fill(sessions: u64) -> Filled {
    let server = MariaDb::start_with(&MEMORY).await.unwrap();
    let mut connection = MySqlConnection::connect(&server.url("")).await.unwrap();
    connection.execute("CREATE DATABASE shop; USE shop").await.unwrap();
    let backend = MySqlBackend::builder(server.url("shop")).build().unwrap();
    backend.migrate().await.unwrap();
    backend.create(&key(0), &draft(0)).await.unwrap();
    multiply(&mut connection, sessions).await;
    let bytes = fs::metadata(server.data().join("shop/sessions.ibd")).unwrap().len();
    let subject = Subject::of(Shared(Arc::new(backend)), Ids::Numbered(sessions));
    Filled::of(subject, bytes, server).await
}

/// Makes many of the first, each with the key of its number and a user of its own, and all of them
/// created one after the other.
async fn multiply(connection: &mut MySqlConnection, sessions: u64) {
    for first in (1..sessions).step_by(BATCH as usize) {
        let last = (first + BATCH).min(sessions) - 1;
        let insert = format!(
            "INSERT INTO sessions \
             SELECT UNHEX(SHA2(LPAD(seq, 32, '0'), 256)), state, CONCAT('user ', seq), payload, \
             version, created + seq, last_seen + seq, idle, ends + seq, expires + seq, successor \
             FROM (SELECT * FROM sessions WHERE user_id = 'user 0') AS one, seq_{first}_to_{last}"
        );
        sqlx::query(&insert).execute(&mut *connection).await.unwrap();
    }
}

const BATCH: u64 = 20_000;
