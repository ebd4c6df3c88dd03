use std::sync::Arc;

use example_service::StartError;
use session_layer::backend::Backend;
use session_layer::wrap::Failover;

use crate::Options;
use crate::store::How;

/// The store of all sessions, which may be two.
pub(crate) struct Stores {
    pub(crate) backend: Arc<dyn Backend>,
    failover: Option<Failover>,
}

impl Stores {
    /// Opens the store, or both.
    pub(crate) async fn open(options: &Options) -> Result<Self, StartError> {
        let Options { redis_replicas, near_cache, .. } = *options;
        let only = How { redis_replicas, may_be_away: false, near_cache };
        let Some(backup) = &options.backup_store else {
            return Ok(Self { backend: options.store.open(only).await?, failover: None });
        };
        // Neither may be read from memory, but what both have may.
        let either = How { may_be_away: true, near_cache: None, ..only };
        let primary = options.store.open(either).await?;
        let builder = Failover::builder_shared(primary, backup.open(either).await?);
        let builder = match options.backup_lag {
            Some(lag) => builder.max_lag(lag),
            None => builder,
        };
        let failover = builder.build();
        let failover = failover.map_err(|error| StartError::about("--backup-store", error))?;
        Ok(Self { backend: only.share(failover.clone())?, failover: Some(failover) })
    }

    /// Waits until the backup has what was changed last.
    pub(crate) async fn flushed(&self) {
        let Some(failover) = &self.failover else { return };
        if let Err(error) = failover.flush().await {
            tracing::error!(%error, "the backup store lacks what was changed last");
        }
    }
}
