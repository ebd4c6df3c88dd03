use std::collections::{HashMap, VecDeque};

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
    /// How many of them have a session that counts as one.
    pub(super) sessions: u64,
    places: u64,
}

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
