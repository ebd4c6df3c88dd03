use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth_core::{Clock, SharedClock};
use tokio::time::Instant;

use super::flight::{Flight, Landing};
use super::shard::{Kept, Shard, Slot};
use crate::backend::{BackendError, Found, Loaded, SessionKey};

/// What this process remembers of the store's sessions, and what it is about to.
pub(super) struct Memory {
    shards: [Mutex<Shard>; SHARDS],
    room_of_shard: usize,
    max_age: Duration,
    clock: SharedClock,
    keeps: AtomicBool,
}

/// What a read comes to.
pub(super) enum Read {
    Kept(Found),
    /// Somebody else has asked the store.
    Wait(Flight),
    /// It is this one that asks the store.
    Ask(Flight, Landing),
}

const SHARDS: usize = 16;

impl Memory {
    /// One that keeps nothing until it is told to.
    pub(super) fn new(capacity: usize, max_age: Duration, clock: SharedClock) -> Self {
        Self {
            shards: Default::default(),
            room_of_shard: capacity / SHARDS,
            max_age,
            clock,
            keeps: AtomicBool::new(false),
        }
    }

    pub(super) fn read(&self, key: &SessionKey) -> Read {
        let now = Instant::now();
        let mut shard = self.shard(key);
        match shard.slot(key) {
            Some(Slot::Kept(kept)) if self.is_good(kept, now) => {
                return Read::Kept(Found { key: *key, record: kept.record.clone() });
            }
            Some(Slot::Loading(flight)) if self.is_young(flight.began, now) => {
                return Read::Wait(flight.clone());
            }
            _ => {}
        }
        let (flight, landing) = Flight::begin(now);
        shard.begin(*key, flight.clone());
        Read::Ask(flight, landing)
    }

    /// Keeps what a load has found, unless the session was changed meanwhile.
    pub(super) fn land(
        &self,
        key: &SessionKey,
        flight: &Flight,
        outcome: &Result<Loaded, BackendError>,
    ) {
        let mut shard = self.shard(key);
        if !shard.end(key, flight) || !self.keeps() {
            return;
        }
        let Ok(Loaded::Found(found)) = outcome else { return };
        // What another key leads to may be gone before that one.
        if found.key == *key {
            let kept = Kept { record: found.record.clone(), read: flight.began };
            let oldest = Instant::now().checked_sub(self.max_age);
            shard.keep(*key, kept, oldest, self.room_of_shard);
        }
    }

    /// Forgets a session, and has nobody wait for a load that has begun before.
    pub(super) fn forget(&self, key: &SessionKey) {
        self.shard(key).remove(key);
    }

    pub(super) fn clear(&self) {
        for shard in &self.shards {
            locked(shard).clear();
        }
    }

    /// From now on it keeps what is loaded, or nothing.
    pub(super) fn keep(&self, keeps: bool) {
        self.keeps.store(keeps, Ordering::SeqCst);
        self.clear();
    }

    pub(super) fn keeps(&self) -> bool {
        self.keeps.load(Ordering::SeqCst)
    }

    pub(super) fn bytes(&self) -> usize {
        self.shards.iter().map(|shard| locked(shard).bytes()).sum()
    }

    /// The store's clock may be another one, but only for as long as the age allows.
    fn is_good(&self, kept: &Kept, now: Instant) -> bool {
        self.is_young(kept.read, now) && self.clock.now() < kept.record.expires()
    }

    fn is_young(&self, began: Instant, now: Instant) -> bool {
        now.saturating_duration_since(began) < self.max_age
    }

    fn shard(&self, key: &SessionKey) -> MutexGuard<'_, Shard> {
        let [.., last] = key.as_bytes();
        let [first, ..] = &self.shards;
        locked(self.shards.get(usize::from(*last) % SHARDS).unwrap_or(first))
    }
}

fn locked(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
