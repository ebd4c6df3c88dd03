use std::error::Error;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

/// Where a [`LoginThrottle`](super::LoginThrottle) keeps its counts: short notes under keys, shared
/// by all nodes that are to count together.
///
/// [`MemoryAttempts`](super::MemoryAttempts) is one for a single node; `session_layer::LoginAttempts`
/// (feature `guard`) keeps them where the sessions are.
#[async_trait]
pub trait AttemptStore: fmt::Debug + Send + Sync + 'static {
    /// What is kept under the key; none when nothing is, or its life is over. It is at least as new
    /// as the last note that was acknowledged.
    ///
    /// # Errors
    /// The store can't be asked.
    async fn load(&self, key: &AttemptKey) -> Result<Option<KeptAttempts>, AttemptStoreError>;

    /// Keeps a note for as long as `life`, counted from when the first one was kept under this key,
    /// if what is there is still what was read: of the version `replaces`, or nothing. False if it
    /// is not, and nothing was changed.
    ///
    /// # Errors
    /// The store can't be asked; it may have kept the note or not.
    async fn keep(
        &self,
        key: &AttemptKey,
        note: &[u8],
        replaces: Option<u64>,
        life: Duration,
    ) -> Result<bool, AttemptStoreError>;
}

/// A note, and the version that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAttempts {
    /// What was kept: less than 100 bytes.
    pub note: Vec<u8>,
    /// Another number with each note that is kept under a key.
    pub version: u64,
}

/// A keyed hash (HMAC-SHA-256) of what is counted: an account, an address, a device. It says nothing
/// of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttemptKey([u8; 32]);

impl AttemptKey {
    pub(super) fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The store can't be asked: it is away, full, or refuses.
#[derive(Debug)]
pub struct AttemptStoreError(Box<dyn Error + Send + Sync>);

impl AttemptStoreError {
    /// With its cause, for the operator's log.
    pub fn caused_by(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

impl fmt::Display for AttemptStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store of login attempts can't be asked")
    }
}

impl Error for AttemptStoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.as_ref())
    }
}
