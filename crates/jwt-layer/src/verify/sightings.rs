use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::DefaultHashBuilder;

/// Remembers roughly which tokens were seen a moment ago. A token whose signature costs little to
/// check is worth a place in the cache only if it comes back.
#[derive(Debug)]
pub(super) struct Sightings {
    seen: Box<[AtomicU64]>,
    hasher: DefaultHashBuilder,
}

impl Sightings {
    /// As many as fit with the load of a busy second.
    const SLOTS: u64 = 4096;

    /// Notes the token; whether it was seen before, and not pushed out since.
    pub(super) fn note(&self, token: &[u8]) -> bool {
        let tail = token.get(token.len().saturating_sub(32)..).unwrap_or_default();
        let hash = self.hasher.hash_one(tail);
        let slot = usize::try_from(hash % Self::SLOTS).ok().and_then(|slot| self.seen.get(slot));
        let Some(slot) = slot else { return false };
        let before = slot.load(Ordering::Relaxed);
        slot.store(hash, Ordering::Relaxed);
        before == hash
    }
}

impl Default for Sightings {
    fn default() -> Self {
        let seen = (0..Self::SLOTS).map(|_| AtomicU64::new(0)).collect();
        Self { seen, hasher: DefaultHashBuilder::default() }
    }
}
