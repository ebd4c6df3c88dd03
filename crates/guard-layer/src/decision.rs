use serde::{Deserialize, Serialize};

use crate::signal::{Degree, Signal};

/// Whether a request may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It may.
    Allow,
    /// It may when whoever sent it has proved again who they are.
    Challenge,
    /// It may not, and its session ends.
    End {
        /// The user's other sessions end with it.
        others: bool,
    },
}

/// A decision, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a verdict does nothing by itself: act on its `decision`"]
pub struct Verdict {
    /// What to do. In a dry run it is always [`Decision::Allow`].
    pub decision: Decision,
    /// What to do if this is no dry run.
    pub would: Decision,
    /// The sum of the points.
    pub score: u32,
    /// What counted, most points first.
    pub reasons: Vec<Reason>,
}

/// A signal that counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The signal.
    pub signal: Signal,
    /// How much had changed.
    pub degree: Degree,
    /// What the policy gives for it.
    pub points: u32,
}
