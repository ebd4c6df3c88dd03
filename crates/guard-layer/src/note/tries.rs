use serde::{Deserialize, Serialize};

/// The challenges that are open, one for each purpose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Tries(Vec<Open>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    #[serde(rename = "p")]
    purpose: String,
    #[serde(rename = "i")]
    id: String,
    #[serde(rename = "b")]
    began: u64,
    #[serde(rename = "n")]
    tries: u8,
}

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    /// It counts, and this many are left after it.
    Counted { left: u8 },
    /// There were too many, and nobody may try for so many seconds.
    Dead { seconds: u64 },
    /// No challenge with this id is open.
    Unknown,
}

/// How long a challenge is open, in seconds (ASVS 6.5.5: at most ten minutes).
const LIFETIME: u64 = 600;
/// How often it may be tried.
const MOST_TRIES: u8 = 5;
/// More than an application has purposes.
const MOST_OPEN: usize = 8;

impl Tries {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Opens a challenge with this id, unless one is open for this purpose: its id.
    pub(crate) fn open(&mut self, purpose: &str, id: &str, now: u64) -> String {
        self.with(purpose, id, now, |open| open.id.clone())
    }

    /// Counts a try, of a challenge that is opened with this id if none is open.
    pub(crate) fn count(&mut self, purpose: &str, id: &str, now: u64) -> Tried {
        self.with(purpose, id, now, |open| open.count(now))
    }

    /// Counts a try of the challenge with this id.
    pub(crate) fn count_open(&mut self, purpose: &str, id: &str, now: u64) -> Tried {
        self.forget(now);
        match self.0.iter().any(|open| open.purpose == purpose && open.id == id) {
            true => self.count(purpose, id, now),
            false => Tried::Unknown,
        }
    }

    /// The challenge for this purpose was met.
    pub(crate) fn close(&mut self, purpose: &str) {
        self.0.retain(|open| open.purpose != purpose);
    }

    fn forget(&mut self, now: u64) {
        self.0.retain(|open| now.saturating_sub(open.began) < LIFETIME);
    }

    fn with<T>(
        &mut self,
        purpose: &str,
        id: &str,
        now: u64,
        act: impl FnOnce(&mut Open) -> T,
    ) -> T {
        self.forget(now);
        let at = self.0.iter().position(|open| open.purpose == purpose);
        let found = at.map(|at| self.0.remove(at));
        let mut open = found.unwrap_or_else(|| Open {
            purpose: purpose.to_owned(),
            id: id.to_owned(),
            began: now,
            tries: 0,
        });
        let outcome = act(&mut open);
        self.0.insert(0, open);
        self.0.truncate(MOST_OPEN);
        outcome
    }
}

impl Open {
    fn count(&mut self, now: u64) -> Tried {
        if self.tries >= MOST_TRIES {
            return Tried::Dead { seconds: (self.began + LIFETIME).saturating_sub(now) };
        }
        self.tries += 1;
        Tried::Counted { left: MOST_TRIES - self.tries }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead() -> Tries {
        let mut tries = Tries::default();
        let counted: Vec<_> = (0..5).map(|_| tries.count("password", "a", 100)).collect();
        assert_eq!(counted[4], Tried::Counted { left: 0 });
        tries
    }

    #[test]
    fn a_sixth_try_meets_a_dead_challenge() {
        assert_eq!(dead().count("password", "b", 160), Tried::Dead { seconds: 540 });
    }

    #[test]
    fn a_dead_challenge_is_dead_for_its_purpose_alone() {
        assert_eq!(dead().count("otp", "b", 160), Tried::Counted { left: 4 });
    }

    #[test]
    fn a_dead_challenge_is_forgotten_when_its_time_is_over() {
        assert_eq!(dead().count("password", "b", 700), Tried::Counted { left: 4 });
    }

    #[test]
    fn a_challenge_that_is_open_keeps_its_id() {
        let mut tries = Tries::default();
        assert_eq!(tries.open("otp", "a", 0), "a");
        assert_eq!(tries.open("otp", "b", 599), "a");
        assert_eq!(tries.open("otp", "c", 600), "c");
    }

    #[test]
    fn the_id_of_another_purpose_opens_nothing() {
        let mut tries = Tries::default();
        tries.open("otp", "a", 0);
        assert_eq!(tries.count_open("transfer", "a", 1), Tried::Unknown);
        assert_eq!(tries.count_open("otp", "a", 1), Tried::Counted { left: 4 });
        assert_eq!(tries.count_open("otp", "a", 600), Tried::Unknown);
    }
}
