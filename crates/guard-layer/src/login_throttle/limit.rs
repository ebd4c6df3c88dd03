use std::time::Duration;

/// How many failures are free, and how long to wait after those that are not.
///
/// The first that is not free costs a second, and each further one twice as much as the one before,
/// up to the longest wait. What is refused is not counted, so that nobody makes the wait longer by
/// trying meanwhile. An hour without a failure forgets them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptLimit {
    free: u32,
    longest: Duration,
}

/// After so long without a failure, all are forgotten.
pub(super) const FORGOTTEN: Duration = Duration::from_secs(60 * 60);

const FIRST: Duration = Duration::from_secs(1);

impl AttemptLimit {
    /// So many failures at once cost nothing; the longest wait is 15 minutes.
    pub fn free(failures: u32) -> Self {
        Self { free: failures, longest: Duration::from_secs(15 * 60) }
    }

    /// The longest wait, at most an hour. A shorter one is kinder to whoever is guessed at, and to
    /// who guesses.
    #[must_use]
    pub fn longest(self, wait: Duration) -> Self {
        Self { longest: wait.min(FORGOTTEN), ..self }
    }

    /// How long to wait after so many failures.
    pub(super) fn wait(&self, failures: u32) -> Duration {
        let Some(over) = failures.checked_sub(self.free) else { return Duration::ZERO };
        match failures {
            0 => Duration::ZERO,
            _ => FIRST.saturating_mul(1 << over.min(30)).min(self.longest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_twice_the_one_before_up_to_the_longest() {
        let limit = AttemptLimit::free(3);
        let seconds = |failures| limit.wait(failures).as_secs();
        let waits = [0, 1, 2, 3, 4, 5, 12, 13, 100, u32::MAX].map(seconds);
        assert_eq!(waits, [0, 0, 0, 1, 2, 4, 512, 900, 900, 900]);
    }

    #[test]
    fn the_longest_wait_is_at_most_an_hour() {
        let limit = AttemptLimit::free(0).longest(Duration::from_secs(86_400));
        assert_eq!(limit.wait(40), FORGOTTEN);
        assert_eq!(limit.wait(0), Duration::ZERO);
    }
}
