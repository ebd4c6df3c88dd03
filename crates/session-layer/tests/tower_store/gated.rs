use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use test_servers::until;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store::Result;
use tower_sessions_memory_store::MemoryStore;

/// The way of one process to the store that it shares with others, with a gate before what writes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gated {
    pub(crate) store: MemoryStore,
    gate: Arc<RwLock<()>>,
    waiting: Arc<AtomicUsize>,
}

impl Gated {
    /// Lets nothing through until it is dropped.
    pub(crate) async fn shut(&self) -> OwnedRwLockWriteGuard<()> {
        self.gate.clone().write_owned().await
    }

    /// Until something waits.
    pub(crate) async fn wait(&self) {
        let waits = async || (self.waiting.load(Ordering::SeqCst) > 0).then_some(());
        until("a write waits at the gate", waits).await.unwrap();
    }

    async fn pass(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        drop(self.gate.read().await);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl SessionStore for Gated {
    async fn create(&self, record: &mut Record) -> Result<()> {
        self.pass().await;
        self.store.create(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.pass().await;
        self.store.save(record).await
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        self.store.load(id).await
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.pass().await;
        self.store.delete(id).await
    }
}
