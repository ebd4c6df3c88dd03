use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::SystemTime;

use auth_core::{ClientAddr, Principal};
use http::HeaderMap;

use super::claim::Claim;
use super::decide::{Evidence, decide};
use super::fingerprint::Fingerprint;
use super::issued::IssuedBinding;
use super::opened::Opened;
use crate::audit::{GuardEvent, GuardEventKind};
use crate::decision::Verdict;
use crate::facts::Facts;
use crate::judge::Judge;
use crate::memory::Memory;
use crate::shown::Shown;

/// What a layer and its services share.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) judge: Judge,
    pub(super) has_cookie: bool,
    /// The issuers whose tokens are all bound.
    pub(super) binding_issuers: BTreeSet<String>,
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
        let memory = self.remember(&self.judge.watch.facts(headers, client), now);
        let claim = Claim { fingerprint: hash, memory }.seal(user, &self.judge.peppers)?;
        Some(IssuedBinding::new(claim, fingerprint))
    }

    /// Less than a session's: what no policy in use looks at is left out, for a token has to be short.
    fn remember(&self, facts: &Facts<'_>, now: SystemTime) -> Memory {
        let Judge { policy, peppers, .. } = &self.judge;
        let shown = Shown::first(facts, now, peppers);
        Memory::of(&policy.load().completed(shown, facts, peppers))
    }

    /// The decision on a request with the token of this principal.
    pub(super) fn judge(
        self: &Arc<Self>,
        principal: &Principal,
        headers: &HeaderMap,
        client: ClientAddr,
    ) -> Verdict {
        let policy = self.judge.policy.load();
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
        let Judge { policy, peppers, events, .. } = &self.judge;
        let kind = GuardEventKind::judged(&policy.load(), verdict);
        let binding = principal.binding();
        let session = binding.and_then(|binding| peppers.handle(binding.as_str().as_bytes()));
        events.tell(&GuardEvent { session, user: principal.subject().to_owned(), kind });
    }
}
