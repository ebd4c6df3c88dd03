//! The decision on a request with a token: a pure function.

use crate::decision::{Decision, Verdict};
use crate::facts::Binding;
use crate::memory::Memory;
use crate::policy::Policy;
use crate::shown::Shown;

/// What there is to judge by.
pub(super) enum Evidence<'a> {
    /// The token is not bound, nor need it be.
    Nothing,
    /// The token should be bound, and is not, or its claim is not of this guard and this user.
    NoClaim,
    /// What was shown when it was issued, and what is shown now.
    Claim(&'a Memory, Shown),
}

/// A token without its cookie is refused, whatever the policy makes of it; else the policy decides.
pub(super) fn decide(policy: &Policy, evidence: &Evidence<'_>) -> Verdict {
    match evidence {
        Evidence::Nothing => allowed(),
        Evidence::NoClaim => policy.broken_binding(),
        Evidence::Claim(memory, shown) => {
            let verdict = policy.judge_shown(memory, shown);
            match shown.binding {
                Some(Binding::Broken) => policy.refuse(verdict),
                _ => verdict,
            }
        }
    }
}

fn allowed() -> Verdict {
    let allow = Decision::Allow;
    Verdict { decision: allow, would: allow, score: 0, reasons: Vec::new() }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::facts::Facts;
    use crate::pepper::Peppers;
    use crate::policy::Points;
    use crate::signal::Signal;

    const HOME: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    fn decide_on(policy: &Policy, agent: &str, binding: Option<Binding>) -> Verdict {
        let peppers = Peppers::new(1, &[1; 32]);
        let login = Facts { user_agent: Some(HOME), ..Facts::default() };
        let memory = Memory::of(&Shown::first(&login, UNIX_EPOCH, &peppers));
        let facts = Facts { user_agent: Some(agent), binding, ..login };
        let shown = Shown::beside(&memory, &facts, UNIX_EPOCH, &peppers);
        decide(policy, &Evidence::Claim(&memory, shown))
    }

    const REFUSED: Decision = Decision::End { others: false };

    #[test]
    fn a_request_that_is_like_the_login_is_allowed() {
        for binding in [None, Some(Binding::Held)] {
            assert_eq!(decide_on(&Policy::strict(), HOME, binding), allowed());
        }
    }

    #[test]
    fn a_token_without_its_cookie_is_refused_by_every_policy() {
        let hours = Points { slight: 9, clear: 9, stark: 9 };
        let none = Policy::builder("none", 9).weight(Signal::Hour, hours);
        for policy in [Policy::lenient(), Policy::naive(), none.build().unwrap()] {
            let verdict = decide_on(&policy, HOME, Some(Binding::Broken));
            assert_eq!(verdict.decision, REFUSED, "{}", policy.name());
        }
    }

    #[test]
    fn a_token_that_is_used_by_another_browser_is_challenged() {
        let verdict = decide_on(&Policy::balanced(), "curl/8", Some(Binding::Held));
        assert_eq!((verdict.decision, verdict.score), (Decision::Challenge, 60));
    }

    #[test]
    fn a_token_without_its_claim_is_refused_as_a_broken_binding() {
        let verdict = decide(&Policy::balanced(), &Evidence::NoClaim);
        let signals: Vec<_> = verdict.reasons.iter().map(|reason| reason.signal).collect();
        assert_eq!((verdict.decision, verdict.score), (REFUSED, 60));
        assert_eq!(signals, [Signal::Binding]);
    }

    #[test]
    fn a_dry_run_allows_and_tells_what_it_would_do() {
        let policy = Policy::balanced().dry_run();
        let missing = decide(&policy, &Evidence::NoClaim);
        for verdict in [missing, decide_on(&policy, HOME, Some(Binding::Broken))] {
            assert_eq!((verdict.decision, verdict.would), (Decision::Allow, REFUSED));
        }
    }

    #[test]
    fn a_token_that_need_not_be_bound_is_allowed() {
        assert_eq!(decide(&Policy::strict(), &Evidence::Nothing), allowed());
    }
}
