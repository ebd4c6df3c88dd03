//! What is counted, in Prometheus' terms; the README has a table.

use metrics::{counter, describe_counter};

use crate::decision::Decision;

/// Tells the recorder what the figures are, and has those begin at zero that come of themselves.
pub(crate) fn begin() {
    describe_counter!("guard_decisions_total", "Requests of users, by what was decided on them");
    describe_counter!("guard_events_total", "What was noticed, by its kind");
    for word in [ALLOW, CHALLENGE, END] {
        counter!("guard_decisions_total", "decision" => word).increment(0);
    }
}

const ALLOW: &str = "allow";
const CHALLENGE: &str = "challenge";
const END: &str = "end";

pub(crate) fn decided(decision: Decision) {
    let word = match decision {
        Decision::Allow => ALLOW,
        Decision::Challenge => CHALLENGE,
        Decision::End { .. } => END,
    };
    counter!("guard_decisions_total", "decision" => word).increment(1);
}

pub(crate) fn happened(kind: &'static str) {
    counter!("guard_events_total", "kind" => kind).increment(1);
}
