//! What is counted, in Prometheus' terms; the README has a table.

use std::sync::OnceLock;

use metrics::{Counter, SharedString, counter, describe_counter};

use crate::audit::{GuardEventKind, Limit};
use crate::decision::Decision;

/// Of a guard: tells the recorder what the figures are, and has those begin at zero that come of
/// themselves.
pub(crate) fn begin() {
    describe_counter!("guard_decisions_total", "Requests of users, by what was decided on them");
    describe_counter!("guard_events_total", "What was noticed, by its kind");
    describe_counter!("guard_reasons_total", "What counted where a policy did not allow a request");
    for word in [ALLOW, CHALLENGE, END] {
        counter!("guard_decisions_total", "decision" => word).increment(0);
    }
}

const ALLOW: &str = "allow";
const CHALLENGE: &str = "challenge";
const END: &str = "end";

/// Decisions. The counters are looked up once, with the first of them: there is a recorder by then.
#[derive(Default)]
pub(crate) struct Decisions {
    allow: OnceLock<Counter>,
    challenge: OnceLock<Counter>,
    end: OnceLock<Counter>,
}

impl Decisions {
    pub(crate) fn count(&self, decision: Decision) {
        let counter = match decision {
            Decision::Allow => &self.allow,
            Decision::Challenge => &self.challenge,
            Decision::End { .. } => &self.end,
        };
        let look_up = || counter!("guard_decisions_total", "decision" => word(decision));
        counter.get_or_init(look_up).increment(1);
    }
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => ALLOW,
        Decision::Challenge => CHALLENGE,
        Decision::End { .. } => END,
    }
}

pub(crate) fn happened(kind: &GuardEventKind) {
    counter!("guard_events_total", "kind" => kind.as_str()).increment(1);
    match kind {
        GuardEventKind::Judged { would, reasons, .. } => {
            reasons.iter().for_each(|reason| counted(reason.signal.to_string(), *would));
        }
        GuardEventKind::Expired { limit: Limit::Idle, .. } => counted("idle_limit", ENDS),
        GuardEventKind::Expired { limit: Limit::Age, .. } => counted("age_limit", ENDS),
        _ => {}
    }
}

const ENDS: Decision = Decision::End { others: false };

fn counted(reason: impl Into<SharedString>, would: Decision) {
    counter!("guard_reasons_total", "reason" => reason, "would" => word(would)).increment(1);
}

/// Of a throttle of logins: the same.
pub(crate) fn begin_logins() {
    describe_counter!("guard_logins_total", "Tries to log in, by what became of them");
    describe_counter!(
        "guard_logins_refused_total",
        "Tries that came too early, by what was counted"
    );
    for outcome in ["begun", "succeeded", "withdrawn", "unavailable"] {
        counter!("guard_logins_total", "outcome" => outcome).increment(0);
    }
}

pub(crate) fn login(outcome: &'static str) {
    counter!("guard_logins_total", "outcome" => outcome).increment(1);
}

pub(crate) fn login_refused(counted: &'static str) {
    counter!("guard_logins_total", "outcome" => "refused").increment(1);
    counter!("guard_logins_refused_total", "counted" => counted).increment(1);
}
