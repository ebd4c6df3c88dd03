use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::entry::Session;
use super::millis::Millis;
use crate::backend::{SessionKey, UserId};

/// Which sessions there are, of which users; whoever changes that holds it.
#[derive(Debug, Default)]
pub(super) struct Registry {
    /// Every user's sessions, by their place. Users choose their names, keys they do not: the table
    /// has the standard hasher.
    users: HashMap<UserId, VecDeque<(Place, SessionKey)>>,
    /// How many keys there are in all shards.
    pub(super) keys: usize,
    /// How many of them have a session.
    pub(super) sessions: u64,
    places: u64,
    /// How long those had lived that have expired and were removed, until a sweep tells it.
    untold: Vec<Duration>,
}

/// What is kept to be told, a mebibyte: nobody may ever sweep.
const UNTOLD: usize = 1 << 16;

/// A session's place in the order in which sessions are created; no two have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) created: Millis,
    number: u64,
}

impl Registry {
    /// A place for one that was created at this time, after all others of the same time.
    pub(super) fn place(&mut self, created: Millis) -> Place {
        self.places += 1;
        Place { created, number: self.places }
    }

    /// A session has expired, and was removed.
    pub(super) fn note_expired(&mut self, session: &Session) {
        if self.untold.len() < UNTOLD {
            self.untold.push(session.life());
        }
    }

    /// How long those had lived that have expired since this was last asked.
    pub(super) fn tell(&mut self) -> Vec<Duration> {
        std::mem::take(&mut self.untold)
    }

    pub(super) fn of_user(&self, user: &UserId) -> Vec<SessionKey> {
        let sessions = self.users.get(user);
        sessions.map(|all| all.iter().map(|(_, key)| *key).collect()).unwrap_or_default()
    }

    pub(super) fn add(&mut self, user: &UserId, place: Place, key: SessionKey) {
        if let Some(sessions) = self.users.get_mut(user) {
            let index = sessions.partition_point(|(other, _)| *other < place);
            sessions.insert(index, (place, key));
        } else {
            let mut sessions = VecDeque::with_capacity(1);
            sessions.push_back((place, key));
            self.users.insert(user.clone(), sessions);
        }
    }

    pub(super) fn remove(&mut self, user: &UserId, place: Place) {
        let Some(sessions) = self.users.get_mut(user) else { return };
        if let Ok(index) = sessions.binary_search_by_key(&place, |(place, _)| *place) {
            sessions.remove(index);
        }
        if sessions.is_empty() {
            self.users.remove(user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{Draft, Lifetime, Payload};

    #[test]
    fn what_nobody_asks_for_is_kept_up_to_a_bound() {
        let life = Duration::from_secs(60);
        let lifetime = Lifetime { idle: life, absolute: life };
        let draft = Draft { payload: Payload::default(), user: None, lifetime, cap: None };
        let mut registry = Registry::default();
        let place = registry.place(Millis::from(life));
        for _ in 0..UNTOLD + 1 {
            registry.note_expired(&Session::new(&draft, place));
        }
        assert_eq!(registry.tell(), vec![life; UNTOLD]);
        assert!(registry.tell().is_empty());
    }
}
