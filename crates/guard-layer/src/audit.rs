use serde::Serialize;

use crate::decision::{Decision, Reason, Verdict};
use crate::pepper::Tag;
use crate::policy::Policy;

/// What was decided, of which session, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GuardEvent {
    /// The session, as [`Peppers::handle`](crate::Peppers::handle) calls it in logs.
    pub session: Tag,
    /// The name of the policy.
    pub policy: String,
    /// What was done.
    pub decision: Decision,
    /// What was to be done, which differs in a dry run.
    pub would: Decision,
    /// The sum of the points.
    pub score: u32,
    /// What counted, most points first.
    pub reasons: Vec<Reason>,
}

impl GuardEvent {
    /// Tells of a verdict on a request of this session.
    pub fn new(session: Tag, policy: &Policy, verdict: Verdict) -> Self {
        let Verdict { decision, would, score, reasons } = verdict;
        Self { session, policy: policy.name().to_owned(), decision, would, score, reasons }
    }
}
