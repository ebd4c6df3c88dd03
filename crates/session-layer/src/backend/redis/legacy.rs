use std::error::Error as _;
use std::sync::Arc;

use async_trait::async_trait;
use redis::{Value, cmd};
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store::{Error, Result};

use super::Store;
use crate::backend::BackendError;

/// What tower-sessions-redis-store 0.16 has stored, for
/// [`take_over`](crate::SessionLayerBuilder::take_over): it reads and removes, and stores nothing.
///
/// Those records have the bare id as their name, with no prefix before it.
#[derive(Clone, Debug)]
pub struct RedisLegacy {
    store: Arc<Store>,
}

impl RedisLegacy {
    pub(super) fn over(store: Arc<Store>) -> Self {
        Self { store }
    }

    async fn ask(&self, verb: &str, id: &Id) -> Result<Value> {
        let name = id.to_string();
        let reply = self.store.ask(&name, cmd(verb).arg(&name)).await;
        reply.map_err(|error| Error::Backend(text(&error)))
    }
}

#[async_trait]
impl SessionStore for RedisLegacy {
    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        match self.ask("GET", id).await? {
            Value::Nil => Ok(None),
            Value::BulkString(value) => record(&value, id).map(Some),
            _ => Err(Error::Backend("Redis gave an answer that is none".into())),
        }
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.ask("DEL", id).await.map(drop)
    }

    async fn create(&self, _: &mut Record) -> Result<()> {
        Err(only_taken_over())
    }

    async fn save(&self, _: &Record) -> Result<()> {
        Err(only_taken_over())
    }
}

fn record(value: &[u8], id: &Id) -> Result<Record> {
    let record: Record = rmp_serde::from_slice(value).map_err(|_| foreign())?;
    if record.id == *id { Ok(record) } else { Err(foreign()) }
}

fn foreign() -> Error {
    Error::Decode("the value is no record of tower-sessions, or cut off".into())
}

fn only_taken_over() -> Error {
    Error::Backend("these sessions are taken over; new ones belong in the backend".into())
}

fn text(error: &BackendError) -> String {
    let source = error.source().map(|source| format!(": {source}"));
    format!("{error}{}", source.unwrap_or_default())
}
