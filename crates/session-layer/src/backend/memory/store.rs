use std::sync::{Mutex, MutexGuard, PoisonError};

use auth_core::{Clock, SharedClock};

use super::entry::Sight;
use super::millis::Millis;
use super::registry::Registry;
use super::shard::Shard;
use super::transaction::Transaction;
use crate::backend::{Change, Loaded, Missing, Renewed, SessionKey, Updated};

/// All sessions. What reads or changes one takes the lock of its shard; what changes which ones
/// there are is a [`Transaction`].
///
/// Who holds the lock of a shard waits for no other, unless it holds the registry's, which only one
/// does at a time: so nobody waits in a circle.
#[derive(Debug)]
pub(super) struct Store {
    shards: Box<[Mutex<Shard>; SHARDS]>,
    registry: Mutex<Registry>,
    capacity: usize,
    clock: SharedClock,
}

const SHARDS: usize = 64;

impl Store {
    pub(super) fn new(capacity: usize, clock: SharedClock) -> Self {
        let shards = Box::new(std::array::from_fn(|_| Mutex::default()));
        Self { shards, registry: Mutex::default(), capacity, clock }
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn live(&self) -> u64 {
        self.registry().sessions
    }

    pub(super) fn begin(&self) -> Transaction<'_> {
        Transaction::new(self, self.registry())
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn shards(&self) -> std::ops::Range<usize> {
        0..SHARDS
    }

    /// The number of a key's shard.
    pub(super) fn shard_of(&self, key: &SessionKey) -> usize {
        usize::from(key.lot()) % SHARDS
    }

    /// A shard, and the time at which it was locked: what one client saw there is not earlier for
    /// the next.
    #[expect(clippy::indexing_slicing, reason = "the remainder is below the number of shards")]
    pub(super) fn lock(&self, shard: usize) -> (MutexGuard<'_, Shard>, Millis) {
        let shard = self.shards[shard % SHARDS].lock().unwrap_or_else(PoisonError::into_inner);
        (shard, Millis::of(self.clock.now()))
    }

    pub(super) fn load(&self, key: &SessionKey) -> Loaded {
        let (mut shard, now) = self.lock(self.shard_of(key));
        match shard.look(key, now) {
            Sight::Live(session) => Loaded::Found(session.found(key)),
            Sight::Missing(missing) => Loaded::Missing(missing),
            Sight::LeadsTo(successor) => {
                drop(shard);
                self.load_successor(&successor)
            }
        }
    }

    fn load_successor(&self, key: &SessionKey) -> Loaded {
        let (mut shard, now) = self.lock(self.shard_of(key));
        match shard.look(key, now) {
            Sight::Live(session) => Loaded::Found(session.found(key)),
            Sight::Missing(missing) => Loaded::Missing(missing),
            Sight::LeadsTo(_) => Loaded::Missing(Missing::Superseded),
        }
    }

    pub(super) fn renewed(&self, key: &SessionKey) -> Option<Renewed> {
        let (shard, now) = self.lock(self.shard_of(key));
        shard.renewed(key, now)
    }

    pub(super) fn update(&self, key: &SessionKey, change: &Change) -> Updated {
        let (mut shard, now) = self.lock(self.shard_of(key));
        match shard.look(key, now) {
            Sight::Live(session) if session.version == change.version => {
                session.update(change, now);
                if change.lifetime.is_some() {
                    shard.reschedule(key, now);
                }
                Updated::Done(change.version + 1)
            }
            Sight::Live(session) => Updated::Conflict(session.found(key)),
            Sight::Missing(missing) => Updated::Missing(missing),
            Sight::LeadsTo(successor) => {
                drop(shard);
                match self.load_successor(&successor) {
                    Loaded::Found(found) => Updated::Conflict(found),
                    Loaded::Missing(missing) => Updated::Missing(missing),
                }
            }
        }
    }

    pub(super) fn touch(&self, key: &SessionKey) -> bool {
        let (mut shard, now) = self.lock(self.shard_of(key));
        let Sight::Live(session) = shard.look(key, now) else { return false };
        session.touch(now);
        true
    }
}
