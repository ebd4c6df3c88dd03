use async_trait::async_trait;
use tokio::task::yield_now;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store::Result;
use tower_sessions_memory_store::MemoryStore;

/// A store that lets others go first, before and after what it does: as a network does, but more.
#[derive(Debug, Default)]
pub(crate) struct Unhurried(MemoryStore);

/// A few times.
async fn give_way() {
    for _ in 0..fastrand::u8(0..12) {
        yield_now().await;
    }
}

#[async_trait]
impl SessionStore for Unhurried {
    async fn create(&self, record: &mut Record) -> Result<()> {
        give_way().await;
        self.0.create(record).await?;
        give_way().await;
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        give_way().await;
        self.0.save(record).await?;
        give_way().await;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        give_way().await;
        let record = self.0.load(id).await;
        give_way().await;
        record
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        give_way().await;
        self.0.delete(id).await
    }
}
