use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::edition::{Edition, Stamp};
use super::error::{PlaceDatabaseError, Result};

/// A path, and what was in its file when that was read last and was good.
pub(super) struct File {
    pub(super) path: PathBuf,
    edition: ArcSwap<Edition>,
}

impl File {
    pub(super) fn open(path: PathBuf) -> Result<Self, PlaceDatabaseError> {
        match Edition::read(&path) {
            Ok(edition) => Ok(Self { path, edition: ArcSwap::from_pointee(edition) }),
            Err(cause) => Err(PlaceDatabaseError::new(&path, cause)),
        }
    }

    pub(super) fn edition(&self) -> arc_swap::Guard<Arc<Edition>> {
        self.edition.load()
    }

    /// Reads it anew if it is another one. If that is no good, the one from before stays.
    pub(super) fn reload(&self) -> Result<(), PlaceDatabaseError> {
        self.read_newer().map_err(|cause| PlaceDatabaseError::new(&self.path, cause))
    }

    fn read_newer(&self) -> Result<()> {
        if Stamp::of(&self.path)? == self.edition().stamp {
            return Ok(());
        }
        let edition = Edition::read(&self.path)?;
        let (path, kind) = (self.path.display(), edition.kind());
        tracing::info!(%path, kind, "a database of places is replaced");
        self.edition.store(Arc::new(edition));
        Ok(())
    }
}
