use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::{ArcSwap, Guard};

use super::{JwkOrigin, VerifyingKey, usable_keys};
use crate::ConfigError;

/// The keys of one issuer, which may change while the program runs. Clones are handles to the
/// same set.
///
/// A token whose `kid` names a key is verified with that key alone. One that names no key of the
/// set, or has no `kid`, may be verified by keys without an id, and a token without `kid` by any
/// key of its algorithm.
///
/// A key that is removed stops working at once, for tokens that were verified with it before as
/// well. Nothing that is in flight fails on account of a key that stays.
#[derive(Clone)]
pub struct KeySet(Arc<Inner>);

struct Inner {
    ring: ArcSwap<Ring>,
    removals: AtomicU64,
}

pub(crate) type Ring = Vec<Arc<Member>>;

/// A key's stay in a set: what it has verified is good for as long as it lasts.
pub(crate) struct Member {
    key: VerifyingKey,
    removed: AtomicBool,
}

impl Member {
    fn new(key: VerifyingKey) -> Arc<Self> {
        Arc::new(Self { key, removed: AtomicBool::new(false) })
    }

    pub(crate) fn key(&self) -> &VerifyingKey {
        &self.key
    }

    pub(crate) fn is_removed(&self) -> bool {
        self.removed.load(Ordering::Acquire)
    }
}

impl KeySet {
    /// A set of keys.
    ///
    /// # Errors
    /// If there is none, or if an id is empty or stands twice.
    pub fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Result<Self, ConfigError> {
        let keys: Vec<_> = keys.into_iter().collect();
        check(&keys)?;
        Ok(Self::of(keys.into_iter().map(Member::new).collect()))
    }

    /// A set with no key in it, which something is going to fill.
    #[cfg_attr(not(feature = "remote"), allow(dead_code))]
    pub(crate) fn empty() -> Self {
        Self::of(Vec::new())
    }

    fn of(ring: Ring) -> Self {
        Self(Arc::new(Inner { ring: ArcSwap::from_pointee(ring), removals: AtomicU64::new(0) }))
    }

    /// The usable keys of a JWK set (RFC 7517 section 5). Keys of unknown type, or not meant to
    /// verify signatures, are left out, each with a logged reason.
    ///
    /// # Errors
    /// If the text is no JWK set, or holds no usable key.
    pub fn from_jwks(set: &str) -> Result<Self, ConfigError> {
        Self::new(usable_keys(set.as_bytes(), JwkOrigin::Local, usize::MAX)?)
    }

    /// [`from_jwks`](Self::from_jwks) of a file.
    ///
    /// # Errors
    /// If the file can't be read, and as for `from_jwks`.
    pub fn from_jwks_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let set = super::read(path.as_ref())?;
        Self::new(usable_keys(&set, JwkOrigin::Local, usize::MAX)?)
    }

    /// Replaces the keys, in one step for everybody who holds the set. Keys that are in both stay
    /// as they are; the others stop working.
    ///
    /// # Errors
    /// As for [`new`](Self::new); the set is then unchanged.
    pub fn replace(&self, keys: impl IntoIterator<Item = VerifyingKey>) -> Result<(), ConfigError> {
        let keys: Vec<_> = keys.into_iter().collect();
        check(&keys)?;
        self.install(&keys);
        Ok(())
    }

    /// Removes the key with this id, as in an emergency; true if there was one. The set may
    /// become empty: then nothing is verified.
    pub fn remove(&self, id: &str) -> bool {
        let before = self.0.ring.rcu(|ring| {
            let stay = ring.iter().filter(|member| member.key.id() != Some(id));
            stay.cloned().collect::<Ring>()
        });
        self.end(before.iter().filter(|member| member.key.id() == Some(id)))
    }

    /// The keys of the moment.
    pub fn keys(&self) -> Vec<VerifyingKey> {
        self.0.ring.load().iter().map(|member| member.key.clone()).collect()
    }

    pub(crate) fn install(&self, keys: &[VerifyingKey]) {
        let before =
            self.0.ring.rcu(|ring| keys.iter().map(|key| member_for(ring, key)).collect::<Ring>());
        let gone = |member: &&Arc<Member>| !keys.iter().any(|key| key.is_same(&member.key));
        self.end(before.iter().filter(gone));
    }

    /// Ends the stay of these members; true if there were any.
    fn end<'a>(&self, members: impl Iterator<Item = &'a Arc<Member>>) -> bool {
        let ended = members.map(|member| member.removed.store(true, Ordering::Release)).count();
        if ended > 0 {
            self.0.removals.fetch_add(1, Ordering::AcqRel);
        }
        ended > 0
    }

    /// How often keys were removed so far.
    pub(crate) fn removals(&self) -> u64 {
        self.0.removals.load(Ordering::Acquire)
    }

    pub(crate) fn load(&self) -> Guard<Arc<Ring>> {
        self.0.ring.load()
    }
}

fn member_for(ring: &Ring, key: &VerifyingKey) -> Arc<Member> {
    let same = ring.iter().find(|member| member.key.is_same(key) && !member.is_removed());
    same.cloned().unwrap_or_else(|| Member::new(key.clone()))
}

fn check(keys: &[VerifyingKey]) -> Result<(), ConfigError> {
    if keys.is_empty() {
        return Err(ConfigError::new("a key set needs at least one usable key"));
    }
    for (index, key) in keys.iter().enumerate() {
        let Some(id) = key.id() else { continue };
        if id.is_empty() {
            return Err(ConfigError::new("a key id must not be empty; leave it out instead"));
        }
        if keys.iter().skip(index + 1).any(|other| other.id() == Some(id)) {
            return Err(ConfigError::new(format!(
                "the key id {id:?} stands twice; every key of a set needs its own"
            )));
        }
    }
    Ok(())
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeySet").field(&self.keys()).finish()
    }
}
