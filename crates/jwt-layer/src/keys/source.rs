use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::Guard;

use super::KeySet;
#[cfg(feature = "remote")]
use super::RemoteKeys;
use super::set::Ring;

/// Where an issuer's keys come from: a [`KeySet`] that the program itself holds, or one that is
/// kept up to date from elsewhere.
#[derive(Clone)]
pub struct KeySource(Kind);

#[derive(Clone)]
enum Kind {
    Own(KeySet),
    #[cfg(feature = "remote")]
    Remote(RemoteKeys),
}

/// Something to wait for before a token of an unknown key is judged again.
pub(crate) type Refresh = Pin<Box<dyn Future<Output = ()> + Send>>;

impl KeySource {
    /// The keys of the moment, or none where they can't be known.
    pub(crate) fn ring(&self, now: SystemTime) -> Option<Guard<Arc<Ring>>> {
        self.is_available(now).then(|| self.set().load())
    }

    /// Whether there are keys that may be used: remote ones grow too old.
    #[cfg_attr(not(feature = "remote"), allow(unused_variables))]
    pub(crate) fn is_available(&self, now: SystemTime) -> bool {
        match &self.0 {
            Kind::Own(_) => true,
            #[cfg(feature = "remote")]
            Kind::Remote(keys) => keys.is_available_at(now),
        }
    }

    /// How often keys were removed so far.
    pub(crate) fn removals(&self) -> u64 {
        self.set().removals()
    }

    /// Asks for newer keys because a token names an unknown one; none if that can't help, or was
    /// done a moment ago.
    pub(crate) fn refresh(&self) -> Option<Refresh> {
        match &self.0 {
            Kind::Own(_) => None,
            #[cfg(feature = "remote")]
            Kind::Remote(keys) => keys.refresh(),
        }
    }

    fn set(&self) -> &KeySet {
        match &self.0 {
            Kind::Own(set) => set,
            #[cfg(feature = "remote")]
            Kind::Remote(keys) => keys.set(),
        }
    }
}

impl From<KeySet> for KeySource {
    fn from(keys: KeySet) -> Self {
        Self(Kind::Own(keys))
    }
}

#[cfg(feature = "remote")]
impl From<RemoteKeys> for KeySource {
    fn from(keys: RemoteKeys) -> Self {
        Self(Kind::Remote(keys))
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeySource").field(self.set()).finish()
    }
}
