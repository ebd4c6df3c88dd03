use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::backend::SessionKey;

/// The sessions that the primary is known to have as they are, since there was last reason to doubt
/// that: if it has failed, it may have forgotten the latest changes, and if another instance has done
/// without it, it has missed some. What the backup has of them would win over a change that does not
/// know of it.
#[derive(Debug)]
pub(super) struct Vouched {
    room: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How often there had been reason to.
    doubts: u64,
    /// Those that were asked for lately, and those of a while ago.
    young: HashSet<SessionKey>,
    old: HashSet<SessionKey>,
}

/// Of each of both: two megabytes in all.
const ROOM: usize = 20_000;

impl Default for Vouched {
    fn default() -> Self {
        Self { room: ROOM, state: Mutex::default() }
    }
}

impl Vouched {
    pub(super) fn has(&self, key: &SessionKey, doubts: u64) -> bool {
        let mut state = self.state(doubts);
        state.doubts == doubts && state.has(key, self.room)
    }

    /// One that was seen in the primary after there had been reason to doubt so often.
    pub(super) fn add(&self, key: &SessionKey, doubts: u64) {
        let mut state = self.state(doubts);
        if state.doubts == doubts {
            state.add(key, self.room);
        }
    }

    fn state(&self, doubts: u64) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.doubts < doubts {
            *state = State { doubts, ..State::default() };
        }
        state
    }
}

impl State {
    fn has(&mut self, key: &SessionKey, room: usize) -> bool {
        let is_young = self.young.contains(key);
        let has = is_young || self.old.contains(key);
        if has && !is_young {
            self.add(key, room);
        }
        has
    }

    fn add(&mut self, key: &SessionKey, room: usize) {
        if self.young.len() >= room {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(*key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> SessionKey {
        SessionKey::of_id(name)
    }

    #[test]
    fn nothing_is_vouched_for_that_was_seen_before_the_latest_doubt() {
        let vouched = Vouched::default();
        vouched.add(&key("a"), 0);
        assert!(vouched.has(&key("a"), 0));
        assert!(!vouched.has(&key("a"), 1));
        vouched.add(&key("a"), 0);
        assert!(!vouched.has(&key("a"), 1) && !vouched.has(&key("a"), 0));
        vouched.add(&key("a"), 1);
        assert!(vouched.has(&key("a"), 1));
    }

    #[test]
    fn those_that_nobody_asks_for_make_room() {
        let vouched = Vouched { room: 2, ..Vouched::default() };
        for name in ["a", "b", "c"] {
            vouched.add(&key(name), 0);
        }
        assert!(vouched.has(&key("a"), 0), "it is young again");
        vouched.add(&key("d"), 0);
        assert!(!vouched.has(&key("b"), 0));
        assert!(["a", "c", "d"].iter().all(|name| vouched.has(&key(name), 0)));
    }
}
