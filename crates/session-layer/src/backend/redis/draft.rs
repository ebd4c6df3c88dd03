use super::lifetime::Millis;
use super::stored::head;
use crate::backend::{Cap, CapPolicy, Draft, UserId};

/// A draft as scripts take it.
pub(super) struct DraftTexts<'a> {
    draft: &'a Draft,
    lifetime: Millis,
    cap: String,
    policy: &'static str,
    head: Vec<u8>,
}

impl<'a> DraftTexts<'a> {
    pub(super) fn of(draft: &'a Draft) -> Self {
        let policy = match draft.cap {
            Some(Cap { policy: CapPolicy::Refuse, .. }) => "refuse",
            Some(Cap { policy: CapPolicy::EndOldest, .. }) | None => "end",
        };
        let cap = draft.cap.map_or(0, |cap| cap.sessions.get()).to_string();
        let head = head(1, &draft.payload);
        Self { draft, lifetime: draft.lifetime.into(), cap, policy, head }
    }

    /// User, payload, idle, absolute, cap (0 for none), policy, head.
    pub(super) fn arguments(&self) -> [&[u8]; 7] {
        let user = self.draft.user.as_ref().map_or("", UserId::as_str);
        let [idle, absolute] = self.lifetime.arguments();
        let (cap, policy) = (self.cap.as_bytes(), self.policy.as_bytes());
        [user.as_bytes(), self.draft.payload.as_bytes(), idle, absolute, cap, policy, &self.head]
    }
}
