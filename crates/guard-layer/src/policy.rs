use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::decision::{Decision, Reason, Verdict};
use crate::facts::{Facts, OldCopy};
use crate::memory::Memory;
use crate::pepper::Peppers;
use crate::shown::Shown;
use crate::signal::{Degree, Observation, Signal, degree_of_old_copy};

/// What each signal counts, and from which sum on something is done.
///
/// A policy is data: it is written and read with serde, and what is read is checked as
/// [`PolicyBuilder::build`] does.
///
/// ```
/// use std::time::SystemTime;
/// use guard_layer::{Decision, Facts, Memory, Peppers, Policy};
///
/// let peppers = Peppers::new(1, &[7; 32]); // in earnest: 32 random bytes that all nodes share
/// let login = Facts { user_agent: Some("Mozilla/5.0 (X11) Firefox/140.0"), ..Facts::default() };
/// let memory = Memory::begin(&login, SystemTime::now(), &peppers);
///
/// let stolen = Facts { user_agent: Some("curl/8.5.0"), ..login };
/// let verdict = Policy::balanced().judge(&memory, &stolen, SystemTime::now(), &peppers);
/// assert_eq!(verdict.decision, Decision::Challenge);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PolicyBuilder", into = "PolicyBuilder")]
pub struct Policy(PolicyBuilder);

/// Builds a [`Policy`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct PolicyBuilder {
    name: String,
    weights: BTreeMap<Signal, Points>,
    challenge: u32,
    #[serde(default)]
    end: Option<u32>,
    #[serde(default)]
    end_others: bool,
    #[serde(default)]
    dry_run: bool,
}

/// The points of one signal, by how much has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Points {
    #[serde(default)]
    pub slight: u32,
    #[serde(default)]
    pub clear: u32,
    pub stark: u32,
}

impl Policy {
    /// Builds a policy of this name that challenges from a score of `challenge` on, and counts
    /// nothing yet.
    pub fn builder(name: impl Into<String>, challenge: u32) -> PolicyBuilder {
        PolicyBuilder {
            name: name.into(),
            weights: BTreeMap::new(),
            challenge,
            end: None,
            end_others: false,
            dry_run: false,
        }
    }

    /// Challenges only what several signals agree on, and ends nothing.
    pub fn lenient() -> Self {
        Self(weighed("lenient", 80))
    }

    /// Challenges what honest users hardly ever show, and ends what only thieves do. The one to
    /// begin with.
    pub fn balanced() -> Self {
        Self(weighed("balanced", 50).end(150))
    }

    /// Challenges what is unusual at all, such as a new country, and ends all sessions of the user
    /// when a theft is certain. For back offices and banks, whose users bear with it.
    pub fn strict() -> Self {
        let five = Points { slight: 5, clear: 5, stark: 5 };
        let unusual = [Signal::Idle, Signal::Age, Signal::Hour];
        let counted = |strict: PolicyBuilder, signal| strict.weight(signal, five);
        let strict = unusual.into_iter().fold(weighed("strict", 25), counted);
        let travel = Points { slight: 15, clear: 15, stark: 15 };
        Self(strict.weight(Signal::Travel, travel).end(110).end_others())
    }

    /// Ends the session with any change of the address or of `User-Agent`. Only to compare with: it
    /// ends the sessions of commuters, and of everybody at each update of their browser.
    pub fn naive() -> Self {
        let all = Points { slight: 100, clear: 100, stark: 100 };
        let naive = Self::builder("naive", 100).end(100);
        Self(naive.weight(Signal::ExactAddress, all).weight(Signal::ExactUserAgent, all))
    }

    /// The same policy, which only tells what it would do.
    #[must_use]
    pub fn dry_run(mut self) -> Self {
        self.0.dry_run = true;
        self
    }

    /// The name, for events and metrics.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether it only tells what it would do.
    pub fn is_dry_run(&self) -> bool {
        self.0.dry_run
    }

    /// The score from which on it challenges.
    pub fn challenges_from(&self) -> u32 {
        self.0.challenge
    }

    /// The score from which on it ends the session, if it ever does.
    pub fn ends_from(&self) -> Option<u32> {
        self.0.end
    }

    /// Decides on a request of the session that `memory` is of. It changes nothing.
    ///
    /// When the request was allowed, let the memory [`learn`](Memory::learn) it.
    pub fn judge(
        &self,
        memory: &Memory,
        facts: &Facts<'_>,
        now: SystemTime,
        peppers: &Peppers,
    ) -> Verdict {
        let shown = Shown::beside(memory, facts, now, peppers);
        self.judge_shown(memory, &self.completed(shown, facts, peppers))
    }

    /// With what only the naive check looks at, if this policy does.
    pub(crate) fn completed(&self, shown: Shown, facts: &Facts<'_>, peppers: &Peppers) -> Shown {
        match self.needs_exact() {
            true => shown.with_exact(facts, peppers),
            false => shown,
        }
    }

    fn needs_exact(&self) -> bool {
        let exact = [Signal::ExactAddress, Signal::ExactUserAgent];
        exact.iter().any(|signal| self.0.weights.contains_key(signal))
    }

    pub(crate) fn judge_shown(&self, memory: &Memory, shown: &Shown) -> Verdict {
        self.verdict(self.reasons(memory, shown))
    }

    fn verdict(&self, reasons: Vec<Reason>) -> Verdict {
        let score = reasons.iter().fold(0u32, |sum, reason| sum.saturating_add(reason.points));
        let would = self.decide(score);
        let decision = if self.0.dry_run { Decision::Allow } else { would };
        Verdict { decision, would, score, reasons }
    }

    /// Decides on a session, an old id of which has come back after its grace, by that alone.
    pub fn judge_old_copy(&self, old: OldCopy) -> Verdict {
        let (signal, degree) = (Signal::Fork, degree_of_old_copy(old));
        let points = self.0.weights.get(&signal).map_or(0, |weight| weight.of(degree));
        let reason = Reason { signal, degree, points };
        self.verdict(Some(reason).filter(|reason| reason.points > 0).into_iter().collect())
    }

    /// The verdict on a request whose token is not where it is bound to. No policy allows it, however
    /// little it counts, but in a dry run.
    pub(crate) fn refuse(&self, verdict: Verdict) -> Verdict {
        let would = Decision::End { others: false };
        let decision = if self.0.dry_run { Decision::Allow } else { would };
        Verdict { decision, would, ..verdict }
    }

    /// What is to be said of such a token where nothing is remembered.
    pub(crate) fn broken_binding(&self) -> Verdict {
        let points = self.0.weights.get(&Signal::Binding).map_or(0, |weight| weight.stark);
        let reason = Reason { signal: Signal::Binding, degree: Degree::Stark, points };
        let (would, decision) = (Decision::Allow, Decision::Allow);
        self.refuse(Verdict { decision, would, score: points, reasons: vec![reason] })
    }

    fn reasons(&self, memory: &Memory, shown: &Shown) -> Vec<Reason> {
        let counted = |(signal, weight): (&Signal, &Points)| {
            let Observation::Changed(degree) = signal.observe(memory, shown) else { return None };
            let points = weight.of(degree);
            (points > 0).then_some(Reason { signal: *signal, degree, points })
        };
        let mut reasons: Vec<_> = self.0.weights.iter().filter_map(counted).collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.points));
        reasons
    }

    fn decide(&self, score: u32) -> Decision {
        match self.0.end {
            Some(end) if score >= end => Decision::End { others: self.0.end_others },
            _ if score >= self.0.challenge => Decision::Challenge,
            _ => Decision::Allow,
        }
    }
}

impl PolicyBuilder {
    /// Counts a signal. Default: it counts nothing.
    pub fn weight(mut self, signal: Signal, points: Points) -> Self {
        self.weights.insert(signal, points);
        self
    }

    /// Ends the session from this score on. Default: never.
    pub fn end(mut self, score: u32) -> Self {
        self.end = Some(score);
        self
    }

    /// Ends the user's other sessions with the one that is ended. Default: it does not.
    pub fn end_others(mut self) -> Self {
        self.end_others = true;
        self
    }

    /// Checks the policy.
    ///
    /// # Errors
    ///
    /// A threshold is zero or can't be reached; the one to end is below the one to challenge; a
    /// greater change counts less than a smaller one.
    pub fn build(self) -> Result<Policy, PolicyError> {
        let refuse = |advice| Err(PolicyError { policy: self.name.clone(), advice });
        let most = self.weights.values().fold(0u32, |sum, points| sum.saturating_add(points.stark));
        match self.end {
            _ if self.challenge == 0 => refuse(EVERYBODY),
            _ if !self.weights.values().all(Points::rise) => refuse(FALLING),
            _ if most < self.challenge => refuse(NOBODY),
            Some(end) if end < self.challenge => refuse(END_FIRST),
            Some(end) if most < end => refuse(NEVER_ENDS),
            _ => Ok(Policy(self)),
        }
    }
}

impl Points {
    fn of(self, degree: Degree) -> u32 {
        match degree {
            Degree::Slight => self.slight,
            Degree::Clear => self.clear,
            Degree::Stark => self.stark,
        }
    }

    fn rise(&self) -> bool {
        self.slight <= self.clear && self.clear <= self.stark
    }
}

impl TryFrom<PolicyBuilder> for Policy {
    type Error = PolicyError;

    fn try_from(builder: PolicyBuilder) -> Result<Self, PolicyError> {
        builder.build()
    }
}

impl From<Policy> for PolicyBuilder {
    fn from(policy: Policy) -> Self {
        policy.0
    }
}

/// Why a policy can not be used: a mistake of whoever wrote it. Its text says what to do instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    policy: String,
    advice: &'static str,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "policy {:?}: {}", self.policy, self.advice)
    }
}

impl Error for PolicyError {}

const EVERYBODY: &str = "`challenge` is 0, so that every request would be challenged: give the \
                         score that is too much, such as 50";
const FALLING: &str = "a greater change counts less than a smaller one: let `slight`, `clear` and \
                       `stark` of each signal rise, or be equal";
const NOBODY: &str = "all weights together do not reach `challenge`: lower it, or raise `stark` of \
                      the signals that matter to you";
const END_FIRST: &str = "`end` is below `challenge`, so that nothing would ever be challenged: \
                         raise `end`, or leave it out";
const NEVER_ENDS: &str = "all weights together do not reach `end`: lower it, or leave it out";

/// What the presets count. They differ in where they draw the line.
///
/// - 60: no honest user shows it, so that it is enough alone.
/// - 45 to 50: rare, enough with a new network, be it of the same system (5).
/// - 30: a proxy that looks into TLS shows it, enough with a new network (10) where nobody sits (10) or
///   abroad (15).
/// - 10 to 20: what travellers and VPNs show together (network, hosting, country, travel, guesses at
///   the password: 45) stays below 50.
/// - 5: adds to something else.
///
/// That a session is idle or old tells no thief from its user; only [`Policy::strict`] counts it.
fn weighed(name: &str, challenge: u32) -> PolicyBuilder {
    let table = [
        (Signal::Fork, 5, 60, 60),
        (Signal::Binding, 60, 60, 60),
        (Signal::UserAgent, 20, 45, 60),
        (Signal::ClientHints, 50, 50, 50),
        (Signal::TlsFingerprint, 5, 30, 50),
        (Signal::Language, 5, 45, 45),
        (Signal::Missing, 5, 45, 50),
        (Signal::Alternation, 10, 20, 60),
        (Signal::SeveralPlaces, 20, 20, 60),
        (Signal::Network, 5, 10, 10),
        (Signal::Country, 15, 15, 15),
        (Signal::Hosting, 0, 10, 10),
        (Signal::Travel, 0, 5, 5),
        (Signal::LoginFailures, 5, 5, 5),
    ];
    table.into_iter().fold(Policy::builder(name, challenge), |builder, row| {
        let (signal, slight, clear, stark) = row;
        builder.weight(signal, Points { slight, clear, stark })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    const HOME: Facts<'static> = Facts {
        address: Some(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1))),
        user_agent: Some("Mozilla/5.0 (X11; Linux) Firefox/140.0"),
        accept_language: Some("de"),
        ..empty()
    };

    const fn empty() -> Facts<'static> {
        Facts {
            address: None,
            user_agent: None,
            brands: None,
            platform: None,
            accept_language: None,
            tls_fingerprint: None,
            place: None,
            old_copy: None,
            binding: None,
            login_failures: 0,
        }
    }

    fn judge(policy: &Policy, facts: &Facts<'_>) -> Verdict {
        let peppers = Peppers::new(1, &[1; 32]);
        policy.judge(&Memory::begin(&HOME, UNIX_EPOCH, &peppers), facts, UNIX_EPOCH, &peppers)
    }

    fn stolen() -> Facts<'static> {
        let address = Some([198, 51, 100, 1].into());
        Facts { address, user_agent: Some("curl/8"), accept_language: Some("en"), ..HOME }
    }

    #[test]
    fn the_same_request_is_allowed_without_a_reason() {
        let verdict = judge(&Policy::strict(), &HOME);
        assert_eq!((verdict.decision, verdict.reasons), (Decision::Allow, vec![]));
    }

    #[test]
    fn reasons_come_with_most_points_first() {
        let verdict = judge(&Policy::balanced(), &stolen());
        let signals: Vec<_> = verdict.reasons.iter().map(|reason| reason.signal).collect();
        let (agent, places) = (Signal::UserAgent, Signal::SeveralPlaces);
        assert_eq!(signals, [agent, Signal::Language, places, Signal::Network]);
    }

    #[test]
    fn a_strict_policy_ends_all_sessions_where_a_balanced_one_challenges() {
        assert_eq!(judge(&Policy::balanced(), &stolen()).decision, Decision::Challenge);
        let strict = judge(&Policy::strict(), &stolen()).decision;
        assert_eq!(strict, Decision::End { others: true });
    }

    #[test]
    fn a_dry_run_allows_and_tells_what_it_would_do() {
        let verdict = judge(&Policy::balanced().dry_run(), &stolen());
        assert_eq!((verdict.decision, verdict.would), (Decision::Allow, Decision::Challenge));
    }

    #[test]
    fn an_old_copy_counts_alone_and_only_if_a_later_one_was_used() {
        let rotated = std::time::Duration::from_secs(61);
        let judge = |successor_used| {
            let verdict = Policy::balanced().judge_old_copy(OldCopy { rotated, successor_used });
            (verdict.decision, verdict.score)
        };
        assert_eq!(judge(true), (Decision::Challenge, 60));
        assert_eq!(judge(false), (Decision::Allow, 5));
        let naive = Policy::naive().judge_old_copy(OldCopy { rotated, successor_used: true });
        assert_eq!((naive.decision, naive.reasons), (Decision::Allow, vec![]));
    }

    #[test]
    fn the_naive_policy_ends_with_any_change() {
        let moved = Facts { address: Some([192, 0, 2, 2].into()), ..HOME };
        assert_eq!(judge(&Policy::naive(), &moved).decision, Decision::End { others: false });
    }

    #[test]
    fn every_preset_is_valid_and_is_read_as_it_was_written() {
        let presets = [Policy::lenient(), Policy::balanced(), Policy::strict(), Policy::naive()];
        for policy in presets {
            let text = serde_json::to_string(&policy).unwrap();
            assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), policy);
        }
    }

    #[track_caller]
    fn check(builder: PolicyBuilder, advice: &str) {
        let error = builder.build().unwrap_err().to_string();
        assert_eq!(error, format!("policy \"own\": {advice}"));
    }

    #[test]
    fn a_bad_policy_is_refused_with_advice() {
        let points = Points { slight: 1, clear: 2, stark: 60 };
        let own = |challenge| Policy::builder("own", challenge).weight(Signal::Fork, points);
        check(own(0), EVERYBODY);
        check(own(61), NOBODY);
        check(own(50).end(40), END_FIRST);
        check(own(50).end(61), NEVER_ENDS);
        check(own(50).weight(Signal::Age, Points { slight: 9, clear: 2, stark: 2 }), FALLING);
    }

    #[test]
    fn a_bad_policy_is_refused_when_it_is_read() {
        let text = r#"{"name":"own","weights":{},"challenge":50}"#;
        let error = serde_json::from_str::<Policy>(text).unwrap_err().to_string();
        assert!(error.contains("lower it"), "{error}");
    }
}
