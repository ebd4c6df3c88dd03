use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::decision::{Decision, Reason, Verdict};
use crate::pepper::Tag;
use crate::policy::Policy;

/// Something that happened to a session or with a token, for the application's own audit log, and in `tracing`
/// with the target `guard_layer::event`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GuardEvent {
    /// The session, as [`Peppers::handle`](crate::Peppers::handle) calls it, or the token. It is the
    /// same for as long as that lives, and opens nothing.
    pub session: Option<Tag>,
    /// The user it is of.
    pub user: String,
    /// What happened.
    #[serde(flatten)]
    pub kind: GuardEventKind,
}

/// What happened to a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum GuardEventKind {
    /// A request showed something that the policy does not allow; or an old id of the session came
    /// back after its grace, which is the only reason then, and what was done was done to the
    /// session wherever it is used.
    Judged {
        /// The name of the policy.
        policy: String,
        /// What was done.
        decision: Decision,
        /// What was to be done, which differs in a dry run.
        would: Decision,
        /// The sum of the points.
        score: u32,
        /// What counted, most points first.
        reasons: Vec<Reason>,
    },
    /// A session that was not used for too long, or is too old, was ended.
    Expired {
        /// What it is over.
        limit: Limit,
        /// What was done: [`Decision::Allow`] in a dry run.
        decision: Decision,
    },
    /// A challenge was not met.
    #[serde(rename = "challenge_failed")]
    Failed {
        /// What the challenge is for.
        purpose: String,
        /// How often it may still be tried.
        left: u8,
    },
    /// A challenge can't be met any more: it was tried too often.
    #[serde(rename = "challenge_dead")]
    Dead {
        /// What the challenge was for.
        purpose: String,
    },
    /// A challenge was met, and the session has its new id: it is told when that is written down.
    #[serde(rename = "challenge_met")]
    Met {
        /// What the challenge was for.
        purpose: String,
        /// By what.
        factor: String,
    },
}

/// What limits how long a session may go on without a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Limit {
    /// The time that it is not used.
    Idle,
    /// The time since its user last proved who they are.
    Age,
}

impl GuardEventKind {
    pub(crate) fn judged(policy: &Policy, verdict: Verdict) -> Self {
        let Verdict { decision, would, score, reasons } = verdict;
        Self::Judged { policy: policy.name().to_owned(), decision, would, score, reasons }
    }

    /// One word for logs and metrics.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Judged { .. } => "judged",
            Self::Expired { .. } => "expired",
            Self::Failed { .. } => "challenge_failed",
            Self::Dead { .. } => "challenge_dead",
            Self::Met { .. } => "challenge_met",
        }
    }
}

/// Who is told of events.
#[derive(Clone, Default)]
pub(crate) struct Events(Option<Arc<Sink>>);

type Sink = dyn Fn(&GuardEvent) + Send + Sync;

impl Events {
    pub(crate) fn to(sink: impl Fn(&GuardEvent) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(sink)))
    }

    pub(crate) fn tell(&self, event: &GuardEvent) {
        let GuardEvent { session, user, kind } = event;
        let name = kind.as_str();
        #[cfg(feature = "metrics")]
        crate::metrics::happened(kind);
        match kind {
            GuardEventKind::Met { .. } => {
                tracing::info!(target: TARGET, kind = name, ?session, %user, details = ?kind);
            }
            _ => tracing::warn!(target: TARGET, kind = name, ?session, %user, details = ?kind),
        }
        if let Some(sink) = &self.0 {
            sink(event);
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Events(told)" } else { "Events(logged)" })
    }
}

const TARGET: &str = "guard_layer::event";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_flat_object() {
        let kind = GuardEventKind::Failed { purpose: "password".into(), left: 4 };
        let event = GuardEvent { session: None, user: "alice".into(), kind };
        let expected = r#"{"session":null,"user":"alice","kind":"challenge_failed","purpose":"password","left":4}"#;
        assert_eq!(serde_json::to_string(&event).unwrap(), expected);
    }
}
