use super::super::store::Store;
use super::super::version;
use crate::backend::{Backend, BackendError, Change, Loaded, Record, SessionKey, Updated};

/// Changes a session in a backup that leads and may have lagged. Its version leaps over all that the
/// primary may have made of it and took with it: of both, the change that is made now stays.
///
/// A session is given a version with more room first, and is changed thereafter. Nothing is ever
/// made of the version that it leaps from, so that whoever is late with the first step undoes
/// nothing; and nobody leaps from the one that it leaps to, of which one makes a change, as ever.
pub(super) async fn leap(
    backup: &Store,
    key: &SessionKey,
    change: &Change,
) -> Result<Updated, BackendError> {
    if version::is_ahead(change.version) {
        return backup.update(key, change).await;
    }
    let found = match backup.load(key).await? {
        Loaded::Found(found) => found,
        Loaded::Missing(missing) => return Ok(Updated::Missing(missing)),
    };
    if found.key != *key || found.record.version != change.version {
        return Ok(Updated::Conflict(found));
    }
    let version = version::ahead_of(change.version);
    if backup.restore(key, &Record { version, ..found.record }).await? {
        return backup.update(key, &Change { version, ..change.clone() }).await;
    }
    Ok(match backup.load(key).await? {
        Loaded::Found(found) => Updated::Conflict(found),
        Loaded::Missing(missing) => Updated::Missing(missing),
    })
}
