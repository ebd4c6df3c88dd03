use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use auth_core::{ClientAddr, Principal, Renderer, SharedClock};
use http::HeaderMap;

use super::claim::Claim;
use super::decide::{Evidence, decide};
use super::fingerprint::Fingerprint;
use super::issued::IssuedBinding;
use super::opened::Opened;
use crate::audit::{Events, GuardEvent, GuardEventKind};
use crate::decision::Verdict;
use crate::facts::Facts;
use crate::memory::Memory;
use crate::pepper::Peppers;
use crate::policy::Policy;
use crate::shown::Shown;
use crate::sight::Watch;

/// What a layer and its services share.
pub(super) struct Config {
    pub(super) policy: ArcSwap<Policy>,
    pub(super) peppers: Peppers,
    pub(super) has_cookie: bool,
    /// The issuers whose tokens are all bound.
    pub(super) binding_issuers: BTreeSet<String>,
    pub(super) watch: Watch,
    pub(super) renderer: Renderer,
    pub(super) events: Events,
    pub(super) clock: SharedClock,
    #[cfg(feature = "metrics")]
    pub(super) decisions: crate::metrics::Decisions,
}

impl Config {
    /// None if the system has no randomness to give.
    pub(super) fn bind(
        &self,
        user: &str,
        headers: &HeaderMap,
        client: ClientAddr,
        now: SystemTime,
    ) -> Option<IssuedBinding> {
        let fingerprint = if self.has_cookie { Some(Fingerprint::draw()?) } else { None };
        let hash = fingerprint.as_ref().and_then(Fingerprint::hash);
        let memory = self.remember(&self.watch.facts(headers, client), now);
        let claim = Claim { fingerprint: hash, memory }.seal(user, &self.peppers)?;
        Some(IssuedBinding::new(claim, fingerprint))
    }

    /// Less than a session's: what no policy in use looks at is left out, for a token has to be short.
    fn remember(&self, facts: &Facts<'_>, now: SystemTime) -> Memory {
        let shown = Shown::first(facts, now, &self.peppers);
        Memory::of(&self.policy.load().completed(shown, facts, &self.peppers))
    }

    /// The decision on a request with the token of this principal.
    pub(super) fn judge(
        self: &Arc<Self>,
        principal: &Principal,
        headers: &HeaderMap,
        client: ClientAddr,
    ) -> Verdict {
        let policy = self.policy.load();
        match principal.binding() {
            None if self.wants_binding(principal) => decide(&policy, &Evidence::NoClaim),
            None => decide(&policy, &Evidence::Nothing),
            Some(binding) => Opened::with(binding, principal, self, |opened| {
                decide(&policy, &opened.evidence(headers, client, &policy))
            }),
        }
    }

    fn wants_binding(&self, principal: &Principal) -> bool {
        principal.issuer().is_some_and(|issuer| self.binding_issuers.contains(issuer))
    }

    pub(super) fn tell(&self, principal: &Principal, verdict: Verdict) {
        let kind = GuardEventKind::judged(&self.policy.load(), verdict);
        let binding = principal.binding();
        let session = binding.and_then(|binding| self.peppers.handle(binding.as_str().as_bytes()));
        self.events.tell(&GuardEvent { session, user: principal.subject().to_owned(), kind });
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("policy", &self.policy.load().name())
            .field("has_cookie", &self.has_cookie)
            .field("binding_issuers", &self.binding_issuers)
            .field("watch", &self.watch)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}
