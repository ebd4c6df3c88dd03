use std::fmt::{self, Write as _};
use std::time::Duration;

use super::{Fault, Tally};

/// What came of a fault, and what of that is not as it has to be.
#[derive(Clone, Debug)]
pub struct Outcome {
    fault: Option<Fault>,
    store: &'static str,
    tally: Tally,
    recovery: Duration,
    required: Required,
}

/// What may come of it. Nothing acknowledged is lost, nobody is logged out, and nothing that was
/// ended is back, in any case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Required {
    /// How many requests may fail that a balancer can't repeat; none that it can. Any, if none.
    pub(crate) failures: Option<u64>,
    /// How long an answer may take.
    pub(crate) slowest: Duration,
    /// When the last request may fail.
    pub(crate) recovery: Duration,
}

impl Outcome {
    pub(crate) fn new(
        store: &'static str,
        tally: Tally,
        recovery: Duration,
        required: Required,
    ) -> Self {
        Self { fault: None, store, tally, recovery, required }
    }

    pub(crate) fn of(self, fault: Fault) -> Self {
        Self { fault: Some(fault), ..self }
    }

    /// What is not as it has to be.
    pub fn broken(&self) -> Vec<String> {
        let Self { tally, required, .. } = self;
        let mut broken = Vec::new();
        let mut never = |what: &str, count: u64| {
            if count > 0 {
                broken.push(format!("{count} {what}"));
            }
        };
        never("users were logged out", tally.logged_out);
        never("acknowledged changes were lost", tally.lost);
        never("changes were made twice", tally.doubled);
        never("ended sessions are back", tally.back);
        if let Some(most) = required.failures {
            never("requests failed that may be repeated", tally.failed_repeatable);
            never("requests failed too many", tally.failed.saturating_sub(most));
        }
        if tally.slowest > required.slowest {
            broken.push(format!("{:?} is more than {:?}", tally.slowest, required.slowest));
        }
        if self.recovery > required.recovery {
            let most = required.recovery;
            broken.push(format!("it took {:?}, not {most:?}, to be healthy", self.recovery));
        }
        broken
    }
}

/// A line of a table.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, store, tally, recovery, .. } = self;
        let fault = fault.map(|fault| fault.to_string()).unwrap_or_default();
        let Tally { sent, failed, logged_out, lost, back, slowest, .. } = tally;
        let (slowest, recovery) = (slowest.as_secs_f64(), recovery.as_secs_f64());
        write!(
            f,
            "| {fault} | {store} | {sent} | {failed} | {logged_out} | {lost} | {back} | \
             {slowest:.2} | {recovery:.2} |"
        )
    }
}

/// All of them, as Markdown.
pub fn table(outcomes: &[Outcome]) -> String {
    let mut table = String::from(
        "| fault | store | requests | failed | users logged out | acknowledged changes lost \
         | ended sessions back | slowest answer, s | healthy after, s |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for outcome in outcomes {
        let _ = writeln!(table, "{outcome}");
    }
    table
}
