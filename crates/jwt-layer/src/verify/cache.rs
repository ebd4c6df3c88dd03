use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::hint::black_box;

use quick_cache::sync::Cache;
use quick_cache::{DefaultHashBuilder, Equivalent, OptionsBuilder, Weighter};

use super::Token;
use super::sightings::Sightings;
use crate::ConfigError;

/// Tokens that were verified, by their whole text, so that two different ones can never meet.
///
/// It saves decoding and the signature, and decides nothing: whoever takes a token out judges it
/// like a fresh one.
pub(super) struct TokenCache {
    tokens: Cache<Text, Token, Size, DefaultHashBuilder>,
    sightings: Sightings,
    hasher: DefaultHashBuilder,
}

/// A token's text, to look it up with. Its hash, which is taken once, is of the end of the
/// signature: that tells good tokens apart as well as the whole text does, and only good ones are
/// ever in the table. The hash has a random seed of this process.
#[derive(Clone, Copy)]
pub(super) struct Lookup<'t> {
    text: &'t [u8],
    hash: u64,
}

/// What an entry costs beside the token and its text: the slot in the table, the remains of
/// entries that were pushed out, and the allocator's share.
const OVERHEAD: usize = 256;

impl TokenCache {
    /// A cache that holds at most this many bytes.
    pub(super) fn new(bytes: usize) -> Result<Self, ConfigError> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let entry = u64::try_from(OVERHEAD + size_of::<Token>()).unwrap_or(u64::MAX) * 8;
        let options = OptionsBuilder::new()
            .weight_capacity(bytes)
            .estimated_items_capacity(usize::try_from(bytes / entry).unwrap_or(usize::MAX))
            .shards(if bytes < 1 << 20 { 1 } else { 16 })
            .build()
            .map_err(|_| ConfigError::new("the cache can't be made of this size"))?;
        let tokens =
            Cache::with_options(options, Size, DefaultHashBuilder::default(), Default::default());
        let (sightings, hasher) = (Sightings::default(), DefaultHashBuilder::default());
        Ok(Self { tokens, sightings, hasher })
    }

    pub(super) fn lookup<'t>(&self, text: &'t [u8]) -> Lookup<'t> {
        let tail = text.get(text.len().saturating_sub(32)..).unwrap_or_default();
        Lookup { text, hash: self.hasher.hash_one(tail) }
    }

    pub(super) fn get(&self, lookup: Lookup<'_>) -> Option<Token> {
        self.tokens.get(&lookup)
    }

    /// Keeps a good token; one of a shared secret, which costs little to verify, only if it was
    /// seen before.
    pub(super) fn insert(&self, lookup: Lookup<'_>, token: &Token) {
        let is_cheap = token.verified_by().key().algorithm().is_symmetric();
        if !is_cheap || self.sightings.note(lookup.hash) {
            let text = Text { text: lookup.text.into(), hash: lookup.hash };
            self.tokens.insert(text, token.clone());
        }
    }

    /// Drops a token that will not be good again.
    pub(super) fn remove(&self, lookup: Lookup<'_>) {
        self.tokens.remove(&lookup);
    }

    /// Drops every token that a removed key has verified.
    pub(super) fn drop_removed_keys(&self) {
        self.tokens.retain(|_, token| !token.verified_by().is_removed());
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.tokens.weight()
    }
}

#[derive(Clone)]
struct Size;

impl Weighter<Text, Token> for Size {
    fn weight(&self, text: &Text, token: &Token) -> u64 {
        let bytes = text.text.len().saturating_add(token.size()).saturating_add(OVERHEAD);
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// The whole text of a token, as the cache holds it.
struct Text {
    text: Box<[u8]>,
    hash: u64,
}

impl Eq for Text {}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        is_equal(&self.text, &other.text)
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Hash for Lookup<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Equivalent<Text> for Lookup<'_> {
    fn equivalent(&self, text: &Text) -> bool {
        is_equal(self.text, &text.text)
    }
}

/// Compares all bytes, however early two differ.
fn is_equal(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && black_box(differences) == 0
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tokens, bytes) = (self.len(), self.bytes());
        f.debug_struct("TokenCache").field("tokens", &tokens).field("bytes", &bytes).finish()
    }
}
