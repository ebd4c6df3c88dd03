use std::collections::{HashMap, VecDeque};

use crate::backend::{SessionKey, UserId};

/// Which sessions there are, of which users; whoever changes that holds it.
#[derive(Debug, Default)]
pub(super) struct Registry {
    /// Every user's sessions, by their place. Users choose their names, keys they do not: the table
    /// has the standard hasher.
    users: HashMap<UserId, VecDeque<(u64, SessionKey)>>,
    /// How many keys there are in all shards.
    pub(super) keys: usize,
    /// How many of them have a session.
    pub(super) sessions: u64,
    places: u64,
}

impl Registry {
    /// The next place in the order of creation.
    pub(super) fn place(&mut self) -> u64 {
        self.places += 1;
        self.places
    }

    pub(super) fn of_user(&self, user: &UserId) -> Vec<SessionKey> {
        let sessions = self.users.get(user);
        sessions.map(|all| all.iter().map(|(_, key)| *key).collect()).unwrap_or_default()
    }

    pub(super) fn add(&mut self, user: &UserId, place: u64, key: SessionKey) {
        if let Some(sessions) = self.users.get_mut(user) {
            sessions.push_back((place, key));
        } else {
            let mut sessions = VecDeque::with_capacity(1);
            sessions.push_back((place, key));
            self.users.insert(user.clone(), sessions);
        }
    }

    /// The session in this place has another key.
    pub(super) fn rename(&mut self, user: &UserId, place: u64, to: SessionKey) {
        let Some(sessions) = self.users.get_mut(user) else { return };
        let found = sessions.binary_search_by_key(&place, |(place, _)| *place);
        if let Some((_, key)) = found.ok().and_then(|index| sessions.get_mut(index)) {
            *key = to;
        }
    }

    pub(super) fn remove(&mut self, user: &UserId, place: u64) {
        let Some(sessions) = self.users.get_mut(user) else { return };
        if let Ok(index) = sessions.binary_search_by_key(&place, |(place, _)| *place) {
            sessions.remove(index);
        }
        if sessions.is_empty() {
            self.users.remove(user);
        }
    }
}
