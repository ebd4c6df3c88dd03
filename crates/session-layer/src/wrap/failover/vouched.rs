use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::backend::SessionKey;

/// The sessions that the primary is known to have as they are, since it last failed: one that comes
/// back may have forgotten the latest changes, and what the backup still has of them would win over
/// a change that it does not know of.
#[derive(Debug)]
pub(super) struct Vouched {
    room: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How often the primary had failed.
    failures: u64,
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
    pub(super) fn has(&self, key: &SessionKey, failures: u64) -> bool {
        let mut state = self.state(failures);
        state.failures == failures && state.has(key, self.room)
    }

    /// One that was seen in the primary after it had failed so often.
    pub(super) fn add(&self, key: &SessionKey, failures: u64) {
        let mut state = self.state(failures);
        if state.failures == failures {
            state.add(key, self.room);
        }
    }

    fn state(&self, failures: u64) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failures < failures {
            *state = State { failures, ..State::default() };
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
    fn nothing_is_vouched_for_that_was_seen_before_the_primary_failed() {
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
