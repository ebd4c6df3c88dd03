use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use super::entry::{Entry, Sight};
use super::millis::Millis;
use crate::backend::{Missing, SessionKey};

/// A part of all keys, with what is known about them, and the order in which to look whether that
/// is over.
#[derive(Debug, Default)]
pub(super) struct Shard {
    slots: HashMap<SessionKey, Slot, BuildHasherDefault<KeyHasher>>,
    agenda: BTreeSet<(Millis, SessionKey)>,
}

/// An entry, and when to look at it: not after it is over. That a session was seen does not change
/// when it is looked at, so that it costs little to be seen.
#[derive(Debug)]
struct Slot {
    due: Millis,
    entry: Entry,
}

impl Shard {
    pub(super) fn knows(&self, key: &SessionKey) -> bool {
        self.slots.contains_key(key)
    }

    pub(super) fn look(&mut self, key: &SessionKey, now: Millis) -> Sight<'_> {
        match self.slots.get_mut(key) {
            Some(slot) => slot.entry.look(now),
            None => Sight::Missing(Missing::Absent),
        }
    }

    /// What was known about the key before.
    pub(super) fn put(&mut self, key: SessionKey, entry: Entry) -> Option<Entry> {
        let due = entry.over();
        let before = self.slots.insert(key, Slot { due, entry });
        if let Some(before) = &before {
            self.agenda.remove(&(before.due, key));
        }
        self.agenda.insert((due, key));
        before.map(|slot| slot.entry)
    }

    pub(super) fn remove(&mut self, key: &SessionKey) -> Option<Entry> {
        let slot = self.slots.remove(key)?;
        self.agenda.remove(&(slot.due, *key));
        Some(slot.entry)
    }

    /// To be called when a session may end earlier than it was to.
    pub(super) fn reschedule(&mut self, key: &SessionKey) {
        let Some(slot) = self.slots.get_mut(key) else { return };
        self.agenda.remove(&(slot.due, *key));
        slot.due = slot.entry.over();
        self.agenda.insert((slot.due, *key));
    }

    /// The next key to look at.
    pub(super) fn due(&self, now: Millis) -> Option<SessionKey> {
        self.agenda.first().filter(|(due, _)| *due <= now).map(|(_, key)| *key)
    }

    pub(super) fn is_over(&self, key: &SessionKey, now: Millis) -> bool {
        self.slots.get(key).is_none_or(|slot| slot.entry.over() <= now)
    }
}

/// A key is a SHA-256, so that any eight bytes of it are a hash. Nobody can fill the table with
/// keys of their choice: only keys of ids that were drawn here are ever put into it.
#[derive(Debug, Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(hash) = bytes.last_chunk() {
            self.0 = u64::from_le_bytes(*hash);
        }
    }

    /// The length of the key, which is that of every key.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}
