use std::fmt;

use guard_layer::Policy;

use crate::history::{History, Label};
use crate::replay::replay;

/// How often a policy was right. Displayed as its line of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The name of the policy.
    pub policy: String,
    /// Thefts with a trace in the request.
    pub thefts: usize,
    /// Of these, caught in time.
    pub caught: usize,
    /// Honest histories.
    pub honest: usize,
    /// Of these, challenged.
    pub challenged: usize,
    /// Of these, ended.
    pub ended: usize,
}

impl Tally {
    /// Plays all histories against a policy.
    pub fn of(policy: &Policy, histories: &[History]) -> Self {
        let mut tally = Self { policy: policy.name().to_owned(), ..Self::default() };
        histories.iter().for_each(|history| tally.count(history, policy));
        tally
    }

    fn count(&mut self, history: &History, policy: &Policy) {
        let outcome = replay(history, policy);
        match history.label {
            Label::Honest => {
                self.honest += 1;
                self.challenged += usize::from(outcome.challenged);
                self.ended += usize::from(outcome.ended);
            }
            Label::Theft if !history.leaves_trace() => {}
            Label::Theft => {
                self.thefts += 1;
                self.caught += usize::from(outcome.caught);
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { policy, thefts, caught, honest, challenged, ended } = self;
        write!(f, "{policy}: thefts caught {caught} of {thefts}, ")?;
        write!(f, "honest challenged {challenged} of {honest}, honest ended {ended} of {honest}")
    }
}
