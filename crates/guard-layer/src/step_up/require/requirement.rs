use std::time::{Duration, SystemTime};

use auth_core::Authentication;

use crate::note::{Asked, Given};
use crate::shown::seconds;

/// What a proof must be like: all of what is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Requirement {
    pub(super) max_age: Option<Duration>,
    pub(super) acr: Option<&'static str>,
    pub(super) factor: Option<&'static str>,
}

/// One occasion on which somebody proved who they are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Proof<'a> {
    at: Option<u64>,
    acr: Option<&'a str>,
    /// The names of what was given.
    factor: Option<&'a str>,
    methods: &'a [String],
}

impl<'a> Proof<'a> {
    pub(super) fn of_login(login: SystemTime) -> Self {
        Self { at: Some(seconds(login)), ..Self::default() }
    }

    pub(super) fn of_factor(given: &'a Given) -> Self {
        let (acr, factor) = (given.acr.as_deref(), Some(given.factor.as_str()));
        Self { at: Some(given.at), acr, factor, methods: &[] }
    }

    pub(super) fn of_token(authentication: &'a Authentication) -> Self {
        Self {
            at: authentication.time.map(seconds),
            acr: authentication.context.as_deref(),
            factor: None,
            methods: &authentication.methods,
        }
    }

    /// The same, but not fresh if it is from then or before.
    pub(super) fn stale_until(self, moment: Option<u64>) -> Self {
        Self { at: self.at.filter(|at| moment.is_none_or(|moment| *at > moment)), ..self }
    }

    fn names(&self, factor: &str) -> bool {
        self.factor == Some(factor) || self.methods.iter().any(|method| method == factor)
    }
}

impl Requirement {
    pub(super) fn is_met_by(&self, proof: &Proof<'_>, now: u64) -> bool {
        let is_fresh =
            |most: Duration| proof.at.is_some_and(|at| now.saturating_sub(at) <= most.as_secs());
        self.max_age.is_none_or(is_fresh)
            && self.acr.is_none_or(|acr| proof.acr == Some(acr))
            && self.factor.is_none_or(|factor| proof.names(factor))
    }

    pub(super) fn asked(&self) -> Asked {
        let max_age = self.max_age.map(|most| most.as_secs());
        let (acr, factor) = (self.acr.map(str::to_owned), self.factor.map(str::to_owned));
        Asked { max_age, acr, factor, ..Asked::default() }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    const ANY: Requirement = Requirement { max_age: None, acr: None, factor: None };
    const NOW: u64 = 10_000;

    fn fresh() -> Requirement {
        Requirement { max_age: Some(Duration::from_secs(300)), ..ANY }
    }

    fn given(at: u64) -> Given {
        Given { factor: "otp".into(), at, acr: Some("gold".into()) }
    }

    fn is_met(requirement: Requirement, at: u64) -> bool {
        requirement.is_met_by(&Proof::of_factor(&given(at)), NOW)
    }

    #[test]
    fn a_proof_is_fresh_up_to_the_last_second() {
        assert!(is_met(fresh(), NOW - 300));
        assert!(!is_met(fresh(), NOW - 301));
    }

    #[test]
    fn a_login_is_fresh_and_names_no_factor() {
        let proof = Proof::of_login(UNIX_EPOCH + Duration::from_secs(NOW));
        assert!(fresh().is_met_by(&proof, NOW));
        assert!(!Requirement { factor: Some("otp"), ..ANY }.is_met_by(&proof, NOW));
    }

    #[test]
    fn one_factor_has_to_be_all_that_is_asked() {
        let asked = Requirement { acr: Some("gold"), factor: Some("otp"), ..fresh() };
        assert!(is_met(asked, NOW));
        assert!(!is_met(asked, 0));
        assert!(!is_met(Requirement { acr: Some("silver"), ..asked }, NOW));
        assert!(!is_met(Requirement { factor: Some("pwd"), ..asked }, NOW));
    }

    #[test]
    fn a_proof_of_before_a_move_is_not_fresh() {
        let given = given(NOW);
        let stale_until = |moment| Proof::of_factor(&given).stale_until(Some(moment));
        assert!(!fresh().is_met_by(&stale_until(NOW), NOW));
        assert!(fresh().is_met_by(&stale_until(NOW - 1), NOW));
        assert!(Requirement { factor: Some("otp"), ..ANY }.is_met_by(&stale_until(NOW), NOW));
    }

    #[test]
    fn a_token_without_a_time_is_not_fresh() {
        let mut authentication = Authentication::default();
        authentication.methods = vec!["pwd".into(), "otp".into()];
        let proof = Proof::of_token(&authentication);
        assert!(!fresh().is_met_by(&proof, NOW));
        assert!(Requirement { factor: Some("otp"), ..ANY }.is_met_by(&proof, NOW));
    }
}
