//! Random concurrent histories of all verbs, checked against a sequential model.
//!
//! A few clients call verbs on a few keys and users at the same time. Every call is recorded with
//! when it began and when it was answered, and then explained (Wing and Gong, 1993): there has to
//! be an order of all calls, in which none comes before one that was answered when it began, such
//! that a backend that does one after another gives the same answers. So no acknowledged change is
//! lost, nothing ended comes back, and caps are exact.

mod action;
mod client;
mod explanation;
#[cfg(test)]
mod flawed;
mod model;
mod names;
mod observation;
mod run;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::Subject;
use action::Event;
use explanation::Explanation;
use run::Batch;

/// How many histories run at the same time, each with keys and users of its own.
const AT_ONCE: usize = 4;

/// How many there are unless told.
const HISTORIES: u64 = 200;

/// Promise: whatever several clients do at the same time, every verb is one atomic step.
///
/// Runs 200 random histories, or as many as the environment's `CONFORMANCE_HISTORIES` says, and
/// begins with the one of the number that `CONFORMANCE_SEED` says, 0 by default. Which calls a
/// history makes depends on its number alone, and on the answers; how they meet is up to chance.
pub async fn concurrent_histories_are_linearizable(subject: Arc<dyn Subject>) {
    check(subject, false).await;
}

/// Promise: a call that failed has happened or has not, and all others keep their promises; for a
/// subject whose server fails meanwhile. It is not part of
/// [`conformance_tests!`](crate::conformance_tests), in which no server fails, but otherwise the
/// same as [`concurrent_histories_are_linearizable`].
pub async fn histories_with_faults_are_linearizable(subject: Arc<dyn Subject>) {
    check(subject, true).await;
}

async fn check(subject: Arc<dyn Subject>, may_fail: bool) {
    let first = number("CONFORMANCE_SEED", 0);
    let last = first + number("CONFORMANCE_HISTORIES", HISTORIES);
    if let Some(violation) = first_violation(subject, first..last, may_fail).await {
        panic!("{violation}");
    }
}

/// The first history that has no explanation, or in which a call failed though none may.
async fn first_violation(
    subject: Arc<dyn Subject>,
    seeds: Range<u64>,
    may_fail: bool,
) -> Option<Violation> {
    for first in seeds.clone().step_by(AT_ONCE) {
        let some = seeds.clone().skip_while(|seed| *seed < first).take(AT_ONCE);
        for history in Batch::new(subject.clone(), some).run().await {
            let has_failed = !may_fail && history.has_failed();
            if has_failed || !Explanation::of(&history.events).is_complete() {
                return Some(Violation(history));
            }
        }
    }
    None
}

/// A number from the environment.
pub(super) fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable).map(|text| text.parse()) {
        Ok(Ok(number)) => number,
        Ok(Err(_)) => panic!("{variable} has to be a number"),
        Err(_) => default,
    }
}

/// What happened, in the order in which the calls began.
struct History {
    seed: u64,
    events: Vec<Event>,
}

impl History {
    fn has_failed(&self) -> bool {
        self.events.iter().any(|event| event.answered.is_none())
    }
}

/// A history that may not be.
struct Violation(History);

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let History { seed, events } = &self.0;
        writeln!(f, "in the history with CONFORMANCE_SEED={seed}:")?;
        events.iter().try_for_each(|event| writeln!(f, "{event}"))?;
        write!(f, "{}", Explanation::of(events))
    }
}
