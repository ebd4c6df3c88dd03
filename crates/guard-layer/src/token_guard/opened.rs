use std::sync::Arc;

use auth_core::{ClientAddr, Clock, Principal, TokenBinding};
use http::HeaderMap;

use super::claim::Claim;
use super::config::Config;
use super::decide::Evidence;
use crate::facts::{Binding, Facts};
use crate::judge::Judge;
use crate::last_shown::LastShown;
use crate::memory::Memory;
use crate::policy::Policy;
use crate::shown::Shown;

/// What a guard has read in a token, kept beside it for as long as the token is cached.
pub(super) struct Opened {
    /// Whose peppers have opened it.
    by: Arc<Config>,
    /// None if they have not.
    claim: Option<Claim>,
    last: LastShown,
}

impl Opened {
    fn new(sealed: &str, user: &str, by: &Arc<Config>) -> Self {
        let claim = Claim::open(sealed, user, &by.judge.peppers);
        Self { by: Arc::clone(by), claim, last: LastShown::default() }
    }

    /// What there is to judge a request by.
    pub(super) fn evidence(
        &self,
        headers: &HeaderMap,
        client: ClientAddr,
        policy: &Policy,
    ) -> Evidence<'_> {
        let Some(Claim { fingerprint, memory }) = &self.claim else { return Evidence::NoClaim };
        let binding = fingerprint.map(|hash| match hash.is_shown_by(headers) {
            true => Binding::Held,
            false => Binding::Broken,
        });
        let facts = Facts { binding, ..self.by.judge.watch.facts(headers, client) };
        Evidence::Claim(memory, self.shown(&facts, memory, policy))
    }

    fn shown(&self, facts: &Facts<'_>, memory: &Memory, policy: &Policy) -> Shown {
        let Judge { peppers, clock, .. } = &self.by.judge;
        let now = clock.now();
        let make = || Shown::beside(memory, facts, now, peppers);
        let shown = self.last.or_make(facts, make).by(facts, now);
        policy.completed(shown, facts, peppers)
    }

    /// Asks `then` about what the token of this principal says.
    pub(super) fn with<T>(
        binding: &TokenBinding,
        principal: &Principal,
        config: &Arc<Config>,
        then: impl FnOnce(&Self) -> T,
    ) -> T {
        let open = |sealed: &str| Self::new(sealed, principal.subject(), config);
        match binding.read(open).filter(|opened| Arc::ptr_eq(&opened.by, config)) {
            Some(opened) => then(opened),
            // Another guard was first.
            None => then(&open(binding.as_str())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Known;

    /// Which is what `jwt-layer` counts for it.
    #[test]
    fn what_is_kept_beside_a_token_takes_less_than_a_kibibyte() {
        assert!(size_of::<Opened>() + size_of::<Known>() * 4 < 1024);
    }
}
