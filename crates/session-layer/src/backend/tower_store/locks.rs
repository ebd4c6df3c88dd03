use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::backend::{SessionKey, UserId};

/// What makes one step of several calls of a store, for the clients of this process: a lock for
/// each key and each user, which some share. They are waited for in the order of their numbers, and
/// users' before keys', so that nobody waits in a circle.
#[derive(Debug)]
pub(super) struct Locks {
    users: Vec<RwLock<()>>,
    keys: Vec<RwLock<()>>,
}

const USERS: usize = 256;
const KEYS: usize = 1024;

/// Held until it is dropped.
pub(super) type Reading<'a> = Vec<RwLockReadGuard<'a, ()>>;
/// Held until it is dropped.
pub(super) type Writing<'a> = Vec<RwLockWriteGuard<'a, ()>>;

impl Locks {
    pub(super) fn new() -> Self {
        let free = |count| std::iter::repeat_with(|| RwLock::new(())).take(count).collect();
        Self { users: free(USERS), keys: free(KEYS) }
    }

    pub(super) async fn read(&self, keys: &[SessionKey]) -> Reading<'_> {
        let mut held = Vec::new();
        for lock in self.of_keys(keys) {
            held.push(lock.read().await);
        }
        held
    }

    pub(super) async fn write(&self, keys: &[SessionKey]) -> Writing<'_> {
        let mut held = Vec::new();
        for lock in self.of_keys(keys) {
            held.push(lock.write().await);
        }
        held
    }

    /// None for nobody.
    pub(super) async fn user(&self, user: Option<&UserId>) -> Option<RwLockWriteGuard<'_, ()>> {
        let hash = digest(&SHA256, user?.as_str().as_bytes());
        let lock = self.users.get(number(hash.as_ref()) % USERS)?;
        Some(lock.write().await)
    }

    fn of_keys(&self, keys: &[SessionKey]) -> impl Iterator<Item = &RwLock<()>> {
        let numbers: BTreeSet<_> = keys.iter().map(|key| number(key.as_bytes()) % KEYS).collect();
        numbers.into_iter().filter_map(|number| self.keys.get(number))
    }
}

/// Of the end, for keys that are no session's begin alike.
fn number(hash: &[u8]) -> usize {
    hash.last_chunk().map_or(0, |bytes| usize::from(u16::from_le_bytes(*bytes)))
}
