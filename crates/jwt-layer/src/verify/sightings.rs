use std::sync::atomic::{AtomicU64, Ordering};

/// Remembers roughly which tokens were seen a moment ago, by their hashes. A token whose signature
/// costs little to check is worth a place in the cache only if it comes back.
#[derive(Debug)]
pub(super) struct Sightings(Box<[AtomicU64]>);

impl Sightings {
    /// As many as fit with the load of a busy second.
    const SLOTS: u64 = 4096;

    /// Notes the token; whether it was seen before, and not pushed out since.
    pub(super) fn note(&self, hash: u64) -> bool {
        let slot = usize::try_from(hash % Self::SLOTS).ok().and_then(|slot| self.0.get(slot));
        slot.is_some_and(|slot| slot.swap(hash, Ordering::Relaxed) == hash)
    }
}

impl Default for Sightings {
    fn default() -> Self {
        Self((0..Self::SLOTS).map(|_| AtomicU64::new(0)).collect())
    }
}
