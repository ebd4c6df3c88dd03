use std::time::Duration;

use super::After;

/// How often the same is tried, and with what pauses.
///
/// What the server undid is tried again, after pauses that grow and are drawn at random, so that
/// those who were in each other's way are not so again. What may have been done is tried again
/// once, if to do it twice does no harm: a connection that was idle may be of a server that is gone.
pub(super) struct Attempts {
    undone: u32,
    broken: bool,
}

/// How often what others undo is tried at most.
const MOST: u32 = 12;

/// What a first pause is at most; the next is twice that, and so on.
const FIRST_PAUSE: Duration = Duration::from_millis(2);

/// What any pause is at most.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

impl Attempts {
    pub(super) fn new() -> Self {
        Self { undone: 0, broken: false }
    }

    /// How long to wait before the next attempt; none if there is to be none.
    pub(super) fn pause(&mut self, after: After, repeatable: bool) -> Option<Duration> {
        match after {
            After::Undone if self.undone + 1 < MOST => {
                self.undone += 1;
                Some(jitter(FIRST_PAUSE * (1 << self.undone)))
            }
            After::Broken if repeatable && !self.broken => {
                self.broken = true;
                Some(Duration::ZERO)
            }
            _ => None,
        }
    }
}

fn jitter(most: Duration) -> Duration {
    most.min(LONGEST_PAUSE).mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_undo_is_tried_a_bounded_number_of_times() {
        let mut attempts = Attempts::new();
        let pauses = std::iter::from_fn(|| attempts.pause(After::Undone, false)).take(100);
        assert_eq!(pauses.count(), 11);
    }

    #[test]
    fn no_pause_is_longer_than_the_longest() {
        let mut attempts = Attempts::new();
        while let Some(pause) = attempts.pause(After::Undone, false) {
            assert!(pause <= LONGEST_PAUSE, "{pause:?}");
        }
    }

    #[test]
    fn what_may_have_been_done_is_tried_once_more_if_that_does_no_harm() {
        let mut attempts = Attempts::new();
        assert_eq!(attempts.pause(After::Broken, true), Some(Duration::ZERO));
        assert_eq!(attempts.pause(After::Broken, true), None);
        assert_eq!(Attempts::new().pause(After::Broken, false), None);
    }

    #[test]
    fn what_is_refused_is_not_tried_again() {
        assert_eq!(Attempts::new().pause(After::Refused, true), None);
    }
}
