use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use auth_core::{Clock, SharedClock};

use super::store::{AttemptKey, AttemptStore, AttemptStoreError, KeptAttempts};

/// Counts in this process, for a single node: no other one knows them, and they end with it. Behind
/// a balancer with several nodes, whoever guesses has the free attempts of each.
///
/// It holds at most 100,000 notes, some 10 MB; for one more, the one that expires first goes.
#[derive(Default)]
pub struct MemoryAttempts {
    notes: Mutex<HashMap<AttemptKey, Note>>,
    clock: SharedClock,
}

struct Note {
    kept: KeptAttempts,
    expires: SystemTime,
}

const MOST: usize = 100_000;

impl MemoryAttempts {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// With this clock, for tests.
    #[must_use]
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: SharedClock::new(clock), ..self }
    }

    fn notes(&self) -> MutexGuard<'_, HashMap<AttemptKey, Note>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl AttemptStore for MemoryAttempts {
    async fn load(&self, key: &AttemptKey) -> Result<Option<KeptAttempts>, AttemptStoreError> {
        let now = self.clock.now();
        let notes = self.notes();
        let live = notes.get(key).filter(|note| note.expires > now);
        Ok(live.map(|note| note.kept.clone()))
    }

    async fn keep(
        &self,
        key: &AttemptKey,
        note: &[u8],
        replaces: Option<u64>,
        life: Duration,
    ) -> Result<bool, AttemptStoreError> {
        let now = self.clock.now();
        let mut notes = self.notes();
        let live = notes.get(key).filter(|note| note.expires > now);
        if live.map(|note| note.kept.version) != replaces {
            return Ok(false);
        }
        let expires =
            live.map_or_else(|| now.checked_add(life).unwrap_or(now), |note| note.expires);
        if live.is_none() {
            make_room(&mut notes, now);
        }
        let version = replaces.unwrap_or_default().wrapping_add(1);
        let kept = KeptAttempts { note: note.to_vec(), version };
        notes.insert(*key, Note { kept, expires });
        Ok(true)
    }
}

fn make_room(notes: &mut HashMap<AttemptKey, Note>, now: SystemTime) {
    if notes.len() < MOST {
        return;
    }
    notes.retain(|_, note| note.expires > now);
    if notes.len() >= MOST {
        let first = notes.iter().min_by_key(|(_, note)| note.expires).map(|(key, _)| *key);
        first.and_then(|key| notes.remove(&key));
    }
}

impl fmt::Debug for MemoryAttempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryAttempts").field("notes", &self.notes().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auth_core::ManualClock;
    use std::time::UNIX_EPOCH;

    const HOUR: Duration = Duration::from_secs(3600);

    fn key(number: u32) -> AttemptKey {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&number.to_be_bytes());
        AttemptKey::new(hash)
    }

    fn store() -> (MemoryAttempts, ManualClock) {
        let clock = ManualClock::new(UNIX_EPOCH);
        (MemoryAttempts::new().clock(clock.clone()), clock)
    }

    #[tokio::test]
    async fn a_note_is_kept_only_in_place_of_what_was_read() {
        let (store, _) = store();
        assert!(store.keep(&key(1), b"a", None, HOUR).await.unwrap());
        assert!(!store.keep(&key(1), b"b", None, HOUR).await.unwrap());
        let read = store.load(&key(1)).await.unwrap().unwrap();
        assert!(store.keep(&key(1), b"b", Some(read.version), HOUR).await.unwrap());
        assert!(!store.keep(&key(1), b"c", Some(read.version), HOUR).await.unwrap());
        assert_eq!(store.load(&key(1)).await.unwrap().unwrap().note, b"b");
    }

    #[tokio::test]
    async fn a_note_lives_as_long_as_the_first_was_to() {
        let (store, clock) = store();
        store.keep(&key(1), b"a", None, HOUR).await.unwrap();
        clock.advance(HOUR / 2);
        store.keep(&key(1), b"b", Some(1), HOUR).await.unwrap();
        clock.advance(HOUR / 2);
        assert_eq!(store.load(&key(1)).await.unwrap(), None);
        assert!(store.keep(&key(1), b"c", None, HOUR).await.unwrap());
    }

    #[tokio::test]
    async fn one_more_than_there_is_room_for_takes_the_place_of_the_first_to_expire() {
        let (store, _) = store();
        store.keep(&key(0), b"", None, HOUR / 2).await.unwrap();
        for number in 1..=u32::try_from(MOST).unwrap() {
            store.keep(&key(number), b"", None, HOUR).await.unwrap();
        }
        assert_eq!(store.notes().len(), MOST);
        assert_eq!(store.load(&key(0)).await.unwrap(), None);
        assert!(store.load(&key(1)).await.unwrap().is_some());
    }
}
