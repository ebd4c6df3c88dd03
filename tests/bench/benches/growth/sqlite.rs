use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use session_layer::backend::SqliteBackend;
use session_layer::backend::sqlite::Durability;
use tempfile::TempDir;

use crate::place::Filled;
use crate::sessions;
use crate::shared::Shared;
use crate::subject::{Ids, Subject};

pub(crate) async fn fill(sessions: u64) -> Filled {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("sessions.db");
    // To fill it is quicker so.
    let quick = SqliteBackend::builder(path.clone()).durability(Durability::ProcessDeath);
    sessions::create(&Shared(Arc::new(quick.open().await.unwrap())), sessions).await;
    let backend = Shared(Arc::new(SqliteBackend::open(path.clone()).await.unwrap()));
    let bytes = size(&path);
    Filled::of(Subject::of(backend, Ids::Numbered(sessions)), bytes, folder).await
}

/// With what is in the log only.
fn size(path: &Path) -> u64 {
    let file = Connection::open(path).unwrap();
    let pragma = |name| file.pragma_query_value(None, name, |row| row.get::<_, u64>(0)).unwrap();
    pragma("page_count") * pragma("page_size")
}
