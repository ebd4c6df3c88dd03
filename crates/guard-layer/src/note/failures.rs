use serde::{Deserialize, Serialize};

/// Logins of the account that failed before the one that the session began with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failures {
    #[serde(rename = "n")]
    count: u32,
    #[serde(rename = "t")]
    at: u64,
}

/// For how long they count, in seconds.
const LATELY: u64 = 3600;

impl Failures {
    /// So many, before a login at this time; none is not worth keeping.
    pub(crate) fn before(at: u64, count: u32) -> Option<Self> {
        (count > 0).then_some(Self { count, at })
    }

    /// How many count now.
    pub(crate) fn lately(self, now: u64) -> u32 {
        if now.saturating_sub(self.at) < LATELY { self.count } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_count_for_an_hour_after_the_login() {
        let failures = Failures::before(100, 7).unwrap();
        assert_eq!([100, 3699, 3700].map(|now| failures.lately(now)), [7, 7, 0]);
    }

    #[test]
    fn no_failures_are_not_kept() {
        assert_eq!(Failures::before(100, 0), None);
    }
}
