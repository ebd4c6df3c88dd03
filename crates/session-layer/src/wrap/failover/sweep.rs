use tokio::time::timeout;

use super::Side;
use super::pair::Pair;
use crate::backend::{Backend, BackendError, Swept};

/// How much is removed at a time.
const BATCH: u32 = 1_000;

/// Sweeps both. Each session is in both, so that only the one that leads tells which have expired.
pub(super) async fn sweep(pair: &Pair, limit: u32) -> Result<Swept, BackendError> {
    let (primary, backup) = (pair.store(Side::Primary), pair.store(Side::Backup));
    let (primary, backup) = tokio::join!(primary.sweep(limit), backup.sweep(limit));
    match pair.known_mode().map_or(Side::Primary, |mode| mode.lead) {
        Side::Primary => told_by(primary, backup),
        Side::Backup => told_by(backup, primary),
    }
}

fn told_by(
    lead: Result<Swept, BackendError>,
    follower: Result<Swept, BackendError>,
) -> Result<Swept, BackendError> {
    match (lead, follower) {
        (Ok(led), Ok(followed)) => Ok(Swept::new(led.removed.max(followed.removed), led.lived)),
        (Ok(led), Err(_)) => Ok(led),
        (Err(_), Ok(followed)) => Ok(Swept::new(followed.removed, Vec::new())),
        (Err(error), Err(_)) => Err(error),
    }
}

/// Before the primary leads again, removes what has expired there, for the backup has told of that
/// meanwhile. What that takes too long for, or what fails, is told twice.
pub(super) async fn sweep_untold(pair: &Pair) {
    let primary = pair.store(Side::Primary);
    let sweep =
        async { while primary.sweep(BATCH).await.is_ok_and(|swept| swept.removed >= BATCH) {} };
    if timeout(pair.start(), sweep).await.is_err() {
        tracing::debug!("what had expired in the primary was not all removed before it leads");
    }
}
