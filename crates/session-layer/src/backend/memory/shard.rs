use std::collections::HashMap;

use super::agenda::Agenda;
use super::entry::{Entry, Sight};
use super::key_hasher::BuildKeyHasher;
use super::millis::Millis;
use crate::backend::{Missing, Renewed, SessionKey};

/// A part of all keys, and what is known about each.
#[derive(Debug, Default)]
pub(super) struct Shard {
    slots: HashMap<SessionKey, Slot, BuildKeyHasher>,
    agenda: Agenda,
}

/// An entry, and for when it is on the agenda: not after it is over. That a session is seen does
/// not change that, so that it costs little to be seen.
#[derive(Debug)]
struct Slot {
    noted: Millis,
    entry: Entry,
}

/// What became of a key whose time had come.
pub(super) enum Due {
    /// It was over, and is removed.
    Removed(SessionKey, Entry),
    /// It is not over, or was gone before.
    PutOff,
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

    pub(super) fn renewed(&self, key: &SessionKey, now: Millis) -> Option<Renewed> {
        self.slots.get(key)?.entry.renewed(now)
    }

    /// What was known about the key before.
    pub(super) fn put(&mut self, key: SessionKey, entry: Entry, now: Millis) -> Option<Entry> {
        let noted = self.agenda.note(key, entry.over(), now);
        let before = self.slots.insert(key, Slot { noted, entry })?;
        if before.noted != noted {
            self.agenda.drop(&key, before.noted);
        }
        Some(before.entry)
    }

    /// Whether a session of this version may have the key, from elsewhere.
    pub(super) fn admits(&self, key: &SessionKey, version: u64, now: Millis) -> bool {
        self.slots.get(key).is_none_or(|slot| slot.entry.gives_way(version, now))
    }

    pub(super) fn remove_if_over(&mut self, key: &SessionKey, now: Millis) -> Option<Entry> {
        if self.slots.get(key)?.entry.over() > now {
            return None;
        }
        self.remove(key)
    }

    pub(super) fn remove(&mut self, key: &SessionKey) -> Option<Entry> {
        let slot = self.slots.remove(key)?;
        self.agenda.drop(key, slot.noted);
        Some(slot.entry)
    }

    /// To be called when a session may end earlier than it was to.
    pub(super) fn reschedule(&mut self, key: &SessionKey, now: Millis) {
        let Some(slot) = self.slots.get_mut(key) else { return };
        self.agenda.drop(key, slot.noted);
        slot.noted = self.agenda.note(*key, slot.entry.over(), now);
    }

    /// Looks at the next key whose time has come, if there is one.
    pub(super) fn next_due(&mut self, now: Millis) -> Option<Due> {
        let (at, key) = self.agenda.take(now)?;
        let Some(slot) = self.slots.get_mut(&key).filter(|slot| slot.noted == at) else {
            return Some(Due::PutOff);
        };
        let over = slot.entry.over();
        if over > now {
            slot.noted = self.agenda.note(key, over, now);
            return Some(Due::PutOff);
        }
        self.slots.remove(&key).map(|slot| Due::Removed(key, slot.entry))
    }
}
