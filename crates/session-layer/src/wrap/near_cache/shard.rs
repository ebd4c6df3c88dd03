use std::collections::{HashMap, VecDeque};
use std::mem::size_of;

use tokio::time::Instant;

use super::flight::Flight;
use crate::backend::{Record, SessionKey};

/// Some of the sessions that are kept, within a bound of bytes. What was read first leaves first:
/// it is the one that would be too old first.
#[derive(Default)]
pub(super) struct Shard {
    slots: HashMap<SessionKey, Slot>,
    order: VecDeque<(Instant, SessionKey)>,
    bytes: usize,
}

pub(super) enum Slot {
    /// It is being loaded.
    Loading(Flight),
    Kept(Kept),
}

/// A session as the store had it then, or later.
pub(super) struct Kept {
    pub(super) record: Record,
    pub(super) read: Instant,
}

/// What a session takes beside its payload and its user: twice a slot, for a table that has just
/// grown, its place in the order, and what a payload is held by.
const OVERHEAD: usize = 2 * (size_of::<SessionKey>() + size_of::<Slot>() + 1)
    + 2 * size_of::<(Instant, SessionKey)>()
    + 192;
/// A payload's fields, which were read from it once and are kept beside it, take about so many
/// times its bytes.
const READ: usize = 3;

impl Kept {
    fn bytes(&self) -> usize {
        let user = self.record.user.as_ref().map_or(0, |user| user.as_str().len());
        let payload = self.record.payload.len().saturating_mul(1 + READ);
        payload.saturating_add(user).saturating_add(OVERHEAD)
    }
}

impl Shard {
    pub(super) fn slot(&self, key: &SessionKey) -> Option<&Slot> {
        self.slots.get(key)
    }

    /// A load that begins takes the place of whatever is there.
    pub(super) fn begin(&mut self, key: SessionKey, flight: Flight) {
        self.remove(&key);
        self.slots.insert(key, Slot::Loading(flight));
    }

    /// Removes the flight, unless it is no longer the one that counts.
    pub(super) fn end(&mut self, key: &SessionKey, flight: &Flight) -> bool {
        let counts = matches!(self.slot(key), Some(Slot::Loading(other)) if other.is(flight));
        if counts {
            self.remove(key);
        }
        counts
    }

    pub(super) fn remove(&mut self, key: &SessionKey) {
        if let Some(Slot::Kept(kept)) = self.slots.remove(key) {
            self.bytes = self.bytes.saturating_sub(kept.bytes());
        }
    }

    /// Keeps a session, and lets go of those that were read before `oldest`, and of as many more as
    /// the bound asks for.
    pub(super) fn keep(
        &mut self,
        key: SessionKey,
        kept: Kept,
        oldest: Option<Instant>,
        room: usize,
    ) {
        self.remove(&key);
        self.bytes = self.bytes.saturating_add(kept.bytes());
        self.order.push_back((kept.read, key));
        self.slots.insert(key, Slot::Kept(kept));
        while self.is_beyond(oldest, room) {
            self.let_go();
        }
    }

    fn is_beyond(&self, oldest: Option<Instant>, room: usize) -> bool {
        let Some((first, _)) = self.order.front() else { return false };
        oldest.is_some_and(|oldest| *first < oldest) || self.bytes() > room
    }

    /// Of what was read first, unless it is gone or was read anew.
    fn let_go(&mut self) {
        let Some((read, key)) = self.order.pop_front() else { return };
        if matches!(self.slot(&key), Some(Slot::Kept(kept)) if kept.read == read) {
            self.remove(&key);
        }
    }

    /// What it takes, places in the order of what is gone included.
    pub(super) fn bytes(&self) -> usize {
        let gone = self.order.len().saturating_sub(self.slots.len());
        self.bytes.saturating_add(gone.saturating_mul(2 * size_of::<(Instant, SessionKey)>()))
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
