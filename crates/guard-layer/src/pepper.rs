use std::collections::BTreeMap;
use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use sha2::digest::Output;

/// The secret keys that turn what a request shows into a [`Tag`].
///
/// Tags are kept with the number of the pepper that made them, so that a pepper can rotate: make
/// the new one current, and keep the old one with [`also`](Self::also) for as long as sessions
/// live. A session whose pepper is gone has forgotten its networks, and nothing else.
#[derive(Clone)]
pub struct Peppers {
    current: u16,
    keys: BTreeMap<u16, Hmac<Sha256>>,
}

impl Peppers {
    /// Makes the tags of new sessions with this pepper, and calls it by this number.
    pub fn new(id: u16, pepper: &[u8; 32]) -> Self {
        Self { current: id, keys: BTreeMap::from([(id, keyed(pepper))]) }
    }

    /// Still understands the tags of an older pepper.
    #[must_use]
    pub fn also(mut self, id: u16, pepper: &[u8; 32]) -> Self {
        self.keys.entry(id).or_insert_with(|| keyed(pepper));
        self
    }

    /// What a session is called in logs and events, so that neither holds its id.
    pub fn handle(&self, session: &[u8]) -> Option<Tag> {
        self.tag(self.current, 7, session)
    }

    /// A key to encrypt with what is of this user, or none where the pepper is gone.
    pub(crate) fn encryption_key(&self, id: u16, user: &[u8]) -> Option<[u8; 32]> {
        self.hash(id, 8, user).map(Into::into)
    }

    pub(crate) fn current(&self) -> u16 {
        self.current
    }

    /// The tag of `value`, or none where the pepper is gone. `kind` keeps equal values of two
    /// kinds apart.
    pub(crate) fn tag(&self, id: u16, kind: u8, value: &[u8]) -> Option<Tag> {
        let bytes = self.hash(id, kind, value)?;
        bytes.first_chunk().map(|first| Tag(u64::from_be_bytes(*first)))
    }

    fn hash(&self, id: u16, kind: u8, value: &[u8]) -> Option<Output<Sha256>> {
        let mut mac = self.keys.get(&id)?.clone();
        mac.update(&[kind]);
        mac.update(value);
        Some(mac.finalize().into_bytes())
    }
}

/// No keys.
impl fmt::Debug for Peppers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peppers").field("current", &self.current).finish_non_exhaustive()
    }
}

/// A keyed hash (HMAC-SHA-256, its first 64 bits) of something that is not to be stored itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tag(u64);

impl Tag {
    /// Half of it, where little room is worth more than to be told from all others.
    pub(crate) fn short(self) -> u32 {
        let [a, b, c, d, ..] = self.0.to_be_bytes();
        u32::from_be_bytes([a, b, c, d])
    }
}

/// The number that it is in an event's JSON.
impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn keyed(pepper: &[u8; 32]) -> Hmac<Sha256> {
    // The key has the right length for `new`: one block, padded with zeroes.
    let mut block = [0; 64];
    block.iter_mut().zip(pepper).for_each(|(to, from)| *to = *from);
    Hmac::new(&block.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_depends_on_the_pepper_and_the_kind() {
        let peppers = Peppers::new(2, &[2; 32]).also(1, &[1; 32]);
        let tag = |id, kind| peppers.tag(id, kind, b"value").unwrap();
        assert_ne!(tag(1, 0), tag(2, 0));
        assert_ne!(tag(1, 0), tag(1, 1));
    }

    #[test]
    fn a_pepper_that_is_gone_makes_no_tags() {
        assert_eq!(Peppers::new(2, &[2; 32]).tag(1, 0, b"value"), None);
    }
}
