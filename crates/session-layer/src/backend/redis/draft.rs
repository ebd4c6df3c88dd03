use super::lifetime::Millis;
use crate::backend::{Cap, CapPolicy, Draft, UserId};

/// A draft as scripts take it.
pub(super) struct DraftTexts<'a> {
    draft: &'a Draft,
    lifetime: Millis,
    cap: String,
    policy: &'static str,
}

impl<'a> DraftTexts<'a> {
    pub(super) fn of(draft: &'a Draft) -> Self {
        let policy = match draft.cap {
            Some(Cap { policy: CapPolicy::Refuse, .. }) => "refuse",
            Some(Cap { policy: CapPolicy::EndOldest, .. }) | None => "end",
        };
        let cap = draft.cap.map_or(0, |cap| cap.sessions.get()).to_string();
        Self { draft, lifetime: draft.lifetime.into(), cap, policy }
    }

    /// User, payload, idle, absolute, cap (0 for none), policy.
    pub(super) fn arguments(&self) -> [&[u8]; 6] {
        let user = self.draft.user.as_ref().map_or("", UserId::as_str);
        let [idle, absolute] = self.lifetime.arguments();
        let (cap, policy) = (self.cap.as_bytes(), self.policy.as_bytes());
        [user.as_bytes(), self.draft.payload.as_bytes(), idle, absolute, cap, policy]
    }
}
