use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use auth_core::{Clock, Principal, SharedClock};

use crate::Token;

/// Tokens that are refused although they have not expired: single ones by issuer and `jti`, and
/// all that were issued to a subject up to a moment. Clones share it.
///
/// It lives in the memory of this process: other instances, and this one after a restart, know
/// nothing of it. An entry lasts as long as a token can live, so the list does not grow for ever.
#[derive(Clone)]
pub struct RevocationList(Arc<Inner>);

struct Inner {
    longest_lifetime: Duration,
    clock: SharedClock,
    entries: RwLock<Entries>,
}

#[derive(Default)]
struct Entries {
    /// Issuer and `jti` → when the entry may be dropped.
    tokens: HashMap<(String, String), SystemTime>,
    /// Who → the moment up to which tokens are refused.
    subjects: HashMap<Principal, SystemTime>,
}

impl RevocationList {
    /// An empty list. `longest_lifetime` is the time from `iat` to `exp`, leeway included, that no
    /// token exceeds: entries are dropped after it.
    pub fn new(longest_lifetime: Duration) -> Self {
        Self::with_clock(longest_lifetime, SharedClock::default())
    }

    /// An empty list that takes the time from a clock.
    pub fn with_clock(longest_lifetime: Duration, clock: impl Clock) -> Self {
        let clock = SharedClock::new(clock);
        Self(Arc::new(Inner { longest_lifetime, clock, entries: RwLock::default() }))
    }

    /// Refuses this token from now on. False if it has no `jti` to know it by: revoke its
    /// principal instead.
    #[must_use]
    pub fn revoke(&self, token: &Token) -> bool {
        let Some(key) = token_key(token) else { return false };
        let now = self.0.clock.now();
        let mut entries = self.0.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.drop_outlived(now, self.0.longest_lifetime);
        entries.tokens.insert(key, now + self.0.longest_lifetime);
        true
    }

    /// Refuses all tokens that were issued to the principal until now (`iat`), and those that do
    /// not say when they were issued.
    pub fn revoke_principal(&self, principal: &Principal) {
        let now = self.0.clock.now();
        let mut entries = self.0.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.drop_outlived(now, self.0.longest_lifetime);
        entries.subjects.insert(identity(principal), now);
    }

    /// Whether the token is refused.
    pub fn is_revoked(&self, token: &Token) -> bool {
        let entries = self.0.entries.read().unwrap_or_else(PoisonError::into_inner);
        if entries.tokens.is_empty() && entries.subjects.is_empty() {
            return false;
        }
        token_key(token).is_some_and(|key| entries.tokens.contains_key(&key))
            || token.principal().is_some_and(|principal| {
                let until = entries.subjects.get(&identity(principal));
                until.is_some_and(|until| token.issued_at().is_none_or(|at| at <= *until))
            })
    }
}

impl Entries {
    fn drop_outlived(&mut self, now: SystemTime, longest_lifetime: Duration) {
        self.tokens.retain(|_, outlived_at| *outlived_at > now);
        self.subjects.retain(|_, until| *until + longest_lifetime > now);
    }
}

fn token_key(token: &Token) -> Option<(String, String)> {
    Some((token.issuer().unwrap_or_default().to_owned(), token.id()?.to_owned()))
}

/// The principal without how it was authenticated.
fn identity(principal: &Principal) -> Principal {
    let identity = Principal::new(principal.subject());
    match principal.issuer() {
        Some(issuer) => identity.issued_by(issuer),
        None => identity,
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.0.entries.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("RevocationList")
            .field("tokens", &entries.tokens.len())
            .field("subjects", &entries.subjects.len())
            .finish_non_exhaustive()
    }
}
