use std::time::{Duration, SystemTime};

use guard_layer::{Decision, Facts, Memory, OldCopy, Peppers, Policy, Verdict};

use crate::history::{Actor, Old, Spot, Step};
use crate::replay::Carried;

/// A session, in which the guard remembers, and learns.
pub(crate) struct Session<'a> {
    policy: &'a Policy,
    peppers: Peppers,
    memory: Memory,
}

impl<'a> Session<'a> {
    pub(crate) fn new(policy: &'a Policy) -> Self {
        let peppers = Peppers::new(1, &[1; 32]);
        let memory = Memory::begin(&Facts::default(), SystemTime::UNIX_EPOCH, &peppers);
        Self { policy, peppers, memory }
    }
}

impl Carried for Session<'_> {
    fn begin(&mut self, actor: &Actor, step: &Step, now: SystemTime) {
        self.memory = Memory::begin(&facts(actor, step), now, &self.peppers);
    }

    /// What comes too late is a guest's request: the session is judged by that alone, and remembers
    /// nothing of it.
    fn judge(&mut self, actor: &Actor, step: &Step, now: SystemTime) -> Verdict {
        if let Some(old) = step.old_copy.filter(|_| step.comes_too_late()) {
            return self.policy.judge_old_copy(old_copy(old));
        }
        let facts = facts(actor, step);
        let verdict = self.policy.judge(&self.memory, &facts, now, &self.peppers);
        if verdict.decision == Decision::Allow {
            self.memory.learn(&facts, now, &self.peppers);
        }
        verdict
    }
}

fn old_copy(old: Old) -> OldCopy {
    OldCopy { rotated: Duration::from_secs(old.rotated), successor_used: old.successor_used }
}

fn facts<'a>(actor: &'a Actor, step: &Step) -> Facts<'a> {
    Facts {
        address: actor.address,
        user_agent: actor.user_agent.as_deref(),
        brands: actor.brands.as_deref(),
        platform: actor.platform.as_deref(),
        accept_language: actor.accept_language.as_deref(),
        tls_fingerprint: actor.tls_fingerprint.as_deref(),
        place: actor.place.as_ref().map(Spot::place),
        old_copy: step.old_copy.map(old_copy),
        binding: None,
        login_failures: step.login_failures,
    }
}
