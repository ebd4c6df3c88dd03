//! Sessions in the memory of this process.

mod agenda;
mod builder;
mod entry;
mod key_hasher;
mod millis;
mod registry;
mod shard;
mod store;
mod transaction;

pub use builder::MemoryBuilder;

use std::fmt;
use std::future::poll_fn;
use std::task::Poll;

use async_trait::async_trait;
use store::Store;

use super::{
    Backend, BackendError, Change, Created, Draft, Found, Loaded, Record, Renewed, Rotated,
    Rotation, SessionKey, Stats, Swept, Updated, UserId,
};

/// Keeps sessions in the memory of this process: for a single instance whose sessions need not
/// outlive it, and for tests.
///
/// It keeps every promise of [`Backend`], by the clock that it was given, and asks nobody: no verb
/// waits, and none fails but for [`OutOfSpace`](super::BackendErrorKind::OutOfSpace).
///
/// It is bounded by a number of keys ([`MemoryBuilder::capacity`]): of live sessions, and of keys
/// that are remembered for a while because their session was ended or rotated. When it is full,
/// what has expired goes first; if nothing has, no more sessions are created, rotated or restored, which is
/// `OutOfSpace`, and those that are there stay as they are. It never ends a session to make room:
/// else whoever opens many would log everybody out.
///
/// What has expired takes room until a [`sweep`](Backend::sweep), or until later sessions are
/// created, each of which removes up to two of the expired. Those a later sweep tells of, too: each
/// session that has expired, and exactly how long it had lived; at most 65,536 at a time.
#[derive(Default)]
pub struct MemoryBackend {
    store: Store,
}

impl MemoryBackend {
    /// An empty one, with the system's clock and room for 1,048,576 keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// One with another capacity or clock.
    pub fn builder() -> MemoryBuilder {
        MemoryBuilder::default()
    }

    /// Removes at most so many that are over, and says how many.
    async fn remove(&self, limit: u32) -> u32 {
        let mut left = limit;
        for shard in self.store.shards() {
            loop {
                let part = self.store.begin().sweep(shard, LOOKS, left);
                left -= part.removed;
                if left == 0 {
                    return limit;
                }
                if !part.is_unfinished {
                    break;
                }
                give_way().await;
            }
        }
        limit - left
    }
}

#[async_trait]
impl Backend for MemoryBackend {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        Ok(self.store.load(key))
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        Ok(self.store.renewed(key))
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        self.store.begin().create(key, draft)
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        Ok(self.store.update(key, change))
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        Ok(self.store.touch(key))
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        self.store.begin().rotate(key, rotation)
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        Ok(self.store.begin().delete(key))
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        self.store.begin().restore(key, record)
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        Ok(self.store.begin().of_user(user))
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        let removed = self.remove(limit).await;
        Ok(Swept::new(removed, self.store.begin().tell()))
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        Ok(Stats::of_live(self.store.live()))
    }

    fn name(&self) -> &'static str {
        "memory"
    }
}

/// How many entries a sweep looks at while others wait.
const LOOKS: u32 = 128;

/// Lets other tasks of this thread run.
async fn give_way() {
    let mut gave = false;
    poll_fn(|context| {
        if gave {
            return Poll::Ready(());
        }
        gave = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl fmt::Debug for MemoryBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (capacity, live) = (self.store.capacity(), self.store.live());
        f.debug_struct("MemoryBackend").field("capacity", &capacity).field("live", &live).finish()
    }
}
