use std::sync::Arc;

use example_service::StartError;
use session_layer::backend::Backend;
use session_layer::wrap::Failover;

use crate::Options;
use crate::store::How;

/// Opens the store, or both.
pub(crate) async fn open(options: &Options) -> Result<Arc<dyn Backend>, StartError> {
    let how =
        How { redis_replicas: options.redis_replicas, may_be_away: options.backup_store.is_some() };
    let primary = options.store.open(how).await?;
    match &options.backup_store {
        None => Ok(primary),
        Some(backup) => {
            let failover = Failover::builder_shared(primary, backup.open(how).await?).build();
            Ok(Arc::new(failover.map_err(|error| StartError::about("--backup-store", error))?))
        }
    }
}
