//! For generated and mutated tokens, accept and reject agree with `jsonwebtoken::decode`
//! configured alike, except for the cases in [`exceptions`], which are listed with their reasons.
//!
//! `PROPTEST_CASES=100000` makes a longer run.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod case;
mod exceptions;
mod judges;
mod listed;

use std::cell::Cell;

use proptest::test_runner::{Config, TestCaseError, TestRunner};

use case::{Case, any_case};
use exceptions::{Exception, LaxerOnPurpose, StricterOnPurpose};
use judges::{Judges, Verdicts};

/// How often a run has met what.
#[derive(Debug, Default)]
struct Tally {
    both_accept: Cell<u32>,
    both_refuse: Cell<u32>,
    stricter: Cell<u32>,
    laxer: Cell<u32>,
}

fn count(cell: &Cell<u32>) {
    cell.set(cell.get() + 1);
}

fn compare(judges: &Judges, case: &Case, tally: &Tally) -> Result<(), TestCaseError> {
    let (token, verdicts) = judges.judge(case);
    let subject = judges.subject(case, &token, &verdicts);
    match verdicts {
        Verdicts { ours: Ok(()), theirs: Ok(()), .. } => count(&tally.both_accept),
        Verdicts { ours: Err(_), theirs: Err(_), .. } => count(&tally.both_refuse),
        Verdicts { ours: Err(ref ours), theirs: Ok(()), .. } => {
            let known = StricterOnPurpose::ALL.iter().any(|exception| exception.covers(&subject));
            let reason = format!("stricter with {ours:?}, not on the list\n{subject}\n{token}");
            count(&tally.stricter);
            return known.then_some(()).ok_or_else(|| TestCaseError::fail(reason));
        }
        Verdicts { ours: Ok(()), theirs: Err(ref theirs), .. } => {
            let known = LaxerOnPurpose::ALL.iter().any(|exception| exception.covers(&subject));
            let reason = format!("laxer than {theirs:?}, not on the list\n{subject}\n{token}");
            count(&tally.laxer);
            return known.then_some(()).ok_or_else(|| TestCaseError::fail(reason));
        }
    }
    Ok(())
}

#[test]
fn accept_and_reject_agree_with_jsonwebtoken() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = cases.unwrap_or(2_000);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let (judges, tally) = (Judges::new(), Tally::default());
    let result = TestRunner::new(config).run(&any_case(), |case| compare(&judges, &case, &tally));
    result.unwrap_or_else(|failure| panic!("{failure}"));
    println!("{cases} cases: {tally:?}");
    // A generator that makes nothing but rubbish would agree as well.
    assert!(tally.both_accept.get() > cases / 10, "{tally:?}");
    assert!(tally.both_refuse.get() > cases / 10, "{tally:?}");
}
