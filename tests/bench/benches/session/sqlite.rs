//! SQLite, on disk.

use std::path::Path;
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, params};
use session_layer::backend::SqliteBackend;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool};
use tower_sessions_sqlx_store::SqliteStore;

use crate::contender::{Contender, Group};
use crate::stores::{ours, peer};
use crate::yardstick::{Measures, STORED, Yardstick};

pub(crate) async fn group(folder: &Path) -> Group {
    Group {
        title: "SQLite",
        requests: 20,
        contenders: contenders(folder).await,
        yardsticks: yardsticks(folder),
        wired: None,
    }
}

/// Both with a write-ahead log, each commit of which waits for the disk.
async fn contenders(folder: &Path) -> Vec<Contender> {
    let options = SqliteConnectOptions::new().filename(folder.join("peer.db"));
    let options = options.create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    let store = SqliteStore::new(SqlitePool::connect_with(options).await.unwrap());
    store.migrate().await.unwrap();
    let backend = SqliteBackend::open(folder.join("sessions.db")).await.unwrap();
    vec![
        peer("tower-sessions-sqlx-store 0.15, SQLite", store),
        ours("session-layer, SQLite", backend),
    ]
}

/// On the thread that asks.
fn yardsticks(folder: &Path) -> Vec<Yardstick> {
    let file = Connection::open(folder.join("bare.db")).unwrap();
    let setup = "PRAGMA journal_mode = WAL; \
                 CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, payload BLOB NOT NULL)";
    file.execute_batch(setup).unwrap();
    let insert = "INSERT OR REPLACE INTO bare VALUES (1, ?1)";
    file.execute(insert, params![vec![b'x'; STORED]]).unwrap();
    let file = Arc::new(Mutex::new(file));
    let other = Arc::clone(&file);
    vec![
        Yardstick::new("a bare SELECT by primary key", Measures::Reads, move || {
            select(Arc::clone(&file))
        }),
        Yardstick::new("a bare UPDATE by primary key", Measures::Changes, move || {
            update(Arc::clone(&other))
        }),
    ]
}

async fn select(file: Arc<Mutex<Connection>>) {
    let file = file.lock().unwrap();
    let mut statement = file.prepare_cached("SELECT payload FROM bare WHERE id = ?1").unwrap();
    let payload: Vec<u8> = statement.query_row([1], |row| row.get(0)).unwrap();
    assert_eq!(payload.len(), STORED);
}

async fn update(file: Arc<Mutex<Connection>>) {
    let file = file.lock().unwrap();
    let mut statement = file.prepare_cached("UPDATE bare SET payload = ?1 WHERE id = 1").unwrap();
    statement.execute(params![vec![fastrand::u8(..); STORED]]).unwrap();
}
