//! The decision on a request: a pure function.

use std::time::SystemTime;

use super::config::Limits;
use crate::audit::{GuardEventKind, Limit};
use crate::decision::Decision;
use crate::facts::Facts;
use crate::memory::Memory;
use crate::note::{Note, StoredNote};
use crate::pepper::Peppers;
use crate::policy::Policy;
use crate::shown::Shown;

/// All that a decision follows from.
pub(super) struct Case<'a> {
    pub(super) policy: &'a Policy,
    pub(super) limits: Limits,
    pub(super) note: &'a Note,
    /// What the request shows beside what is remembered, if anything is.
    pub(super) known: Option<(&'a Memory, Shown)>,
}

/// A decision, and what is told of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ruling {
    pub(super) decision: Decision,
    pub(super) event: Option<GuardEventKind>,
}

impl<'a> Case<'a> {
    pub(super) fn new(
        policy: &'a Policy,
        limits: Limits,
        stored: &'a StoredNote,
        facts: &Facts<'_>,
        (now, peppers): (SystemTime, &Peppers),
    ) -> Self {
        let note = stored.read();
        let known = note.memory.as_ref().map(|memory| {
            let make = || Shown::beside(memory, facts, now, peppers);
            let shown = stored.shown(facts, make).by(facts, now);
            (memory, policy.completed(shown, facts, peppers))
        });
        Self { policy, limits, note, known }
    }

    /// What is over a limit is ended; then the policy decides; a session that is suspected stays
    /// challenged. In a dry run everything is allowed, and told.
    pub(super) fn decide(&self) -> Ruling {
        let Some((memory, shown)) = &self.known else { return self.of_suspicion() };
        match self.over(memory, shown.at) {
            Some(limit) => self.expired(limit),
            None => self.judged(memory, shown),
        }
    }

    /// Whether the request, if it is allowed, has something new to remember.
    pub(super) fn is_due(&self, pepper: u16) -> bool {
        self.known.as_ref().is_none_or(|(memory, shown)| memory.is_due(shown, pepper))
    }

    /// Whether the request comes from somewhere else altogether, where a proof is not fresh any more.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.known.as_ref().is_some_and(|(memory, shown)| memory.is_elsewhere(shown))
    }

    fn over(&self, memory: &Memory, now: u64) -> Option<Limit> {
        let (idle, age) = (now.saturating_sub(memory.seen), now.saturating_sub(memory.began));
        match self.limits {
            Limits { idle: Some(most), .. } if idle > most.as_secs() => Some(Limit::Idle),
            Limits { age: Some(most), .. } if age > most.as_secs() => Some(Limit::Age),
            _ => None,
        }
    }

    fn expired(&self, limit: Limit) -> Ruling {
        let decision = match self.policy.is_dry_run() {
            true => Decision::Allow,
            false => Decision::End { others: false },
        };
        Ruling { decision, event: Some(GuardEventKind::Expired { limit, decision }) }
    }

    fn judged(&self, memory: &Memory, shown: &Shown) -> Ruling {
        let verdict = self.policy.judge_shown(memory, shown);
        match verdict.decision {
            Decision::Allow if verdict.would == Decision::Allow => self.of_suspicion(),
            // It was told when the suspicion began.
            Decision::Challenge if self.note.suspected.is_some() => self.of_suspicion(),
            decision => {
                let event = Some(GuardEventKind::judged(self.policy, verdict));
                Ruling { decision, event }
            }
        }
    }

    fn of_suspicion(&self) -> Ruling {
        let challenged = self.note.suspected.is_some() && !self.policy.is_dry_run();
        let decision = if challenged { Decision::Challenge } else { Decision::Allow };
        Ruling { decision, event: None }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    const HOME: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    fn at(second: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(second)
    }

    fn remembered() -> Note {
        let facts = Facts { user_agent: Some(HOME), ..Facts::default() };
        let memory = Memory::begin(&facts, at(0), &Peppers::new(1, &[1; 32]));
        Note { memory: Some(memory), ..Note::default() }
    }

    fn decide(policy: &Policy, note: &Note, agent: &str, second: u64) -> Ruling {
        let limits = Limits { idle: Some(hours(1)), age: Some(hours(2)) };
        let facts = Facts { user_agent: Some(agent), ..Facts::default() };
        let peppers = Peppers::new(1, &[1; 32]);
        let stored = StoredNote::from(serde_json::to_string(note).unwrap());
        Case::new(policy, limits, &stored, &facts, (at(second), &peppers)).decide()
    }

    fn hours(hours: u64) -> Duration {
        Duration::from_secs(hours * 3600)
    }

    fn allowed() -> Ruling {
        Ruling { decision: Decision::Allow, event: None }
    }

    #[test]
    fn a_session_that_is_as_it_was_is_allowed_and_nothing_is_told() {
        assert_eq!(decide(&Policy::balanced(), &remembered(), HOME, 60), allowed());
    }

    #[test]
    fn a_session_of_which_nothing_is_known_is_allowed() {
        assert_eq!(decide(&Policy::strict(), &Note::default(), HOME, 60), allowed());
    }

    #[test]
    fn a_suspected_session_is_challenged_without_being_told_again() {
        let suspected = Note { suspected: Some(1), ..remembered() };
        let challenged = Ruling { decision: Decision::Challenge, event: None };
        assert_eq!(decide(&Policy::balanced(), &suspected, HOME, 60), challenged);
        assert_eq!(decide(&Policy::balanced(), &suspected, "curl/8", 60), challenged);
    }

    #[test]
    fn a_session_that_was_idle_for_longer_than_the_limit_is_ended() {
        assert_eq!(decide(&Policy::balanced(), &remembered(), HOME, 3600), allowed());
        let ended = decide(&Policy::balanced(), &remembered(), HOME, 3601);
        let decision = Decision::End { others: false };
        let event = Some(GuardEventKind::Expired { limit: Limit::Idle, decision });
        assert_eq!(ended, Ruling { decision, event });
    }

    #[test]
    fn a_session_that_is_older_than_the_limit_is_ended() {
        let mut note = remembered();
        note.memory.as_mut().unwrap().seen = 7200;
        let ended = decide(&Policy::balanced(), &note, HOME, 7201);
        let decision = Decision::End { others: false };
        let event = Some(GuardEventKind::Expired { limit: Limit::Age, decision });
        assert_eq!(ended, Ruling { decision, event });
    }

    #[test]
    fn a_dry_run_allows_everything_and_tells_it() {
        let policy = Policy::balanced().dry_run();
        let suspected = Note { suspected: Some(1), ..remembered() };
        for (second, word) in [(60, "judged"), (3601, "expired")] {
            let ruling = decide(&policy, &suspected, "curl/8", second);
            assert_eq!(ruling.decision, Decision::Allow);
            assert_eq!(ruling.event.unwrap().as_str(), word);
        }
        assert_eq!(decide(&policy, &suspected, HOME, 60), allowed());
    }
}
