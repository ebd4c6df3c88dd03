use std::time::Duration;

use super::After;

/// Whether the same is tried again, and after what pause.
///
/// What the server undid is tried again for as long as there is time, after pauses that grow and
/// are drawn at random, so that those who were in each other's way are not so again. What may have
/// been done is tried again once, if to do it twice does no harm: a connection that was idle may be
/// of a server that is gone.
pub(super) struct Attempts {
    longest_pause: Duration,
    broken: bool,
}

/// What a first pause is at most; the next is twice that, and so on.
const FIRST_PAUSE: Duration = Duration::from_millis(4);

/// What any pause is at most.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

impl Attempts {
    pub(super) fn new() -> Self {
        Self { longest_pause: FIRST_PAUSE, broken: false }
    }

    /// How long to wait before the next attempt; none if there is to be none.
    pub(super) fn pause(&mut self, after: After, repeatable: bool) -> Option<Duration> {
        match after {
            After::Undone => {
                let pause = self.longest_pause.mul_f64(fastrand::f64());
                self.longest_pause = (2 * self.longest_pause).min(LONGEST_PAUSE);
                Some(pause)
            }
            After::Broken if repeatable && !self.broken => {
                self.broken = true;
                Some(Duration::ZERO)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_undo_is_tried_again_and_no_pause_is_longer_than_the_longest() {
        let mut attempts = Attempts::new();
        for _ in 0..100 {
            let pause = attempts.pause(After::Undone, false);
            assert!(pause.is_some_and(|pause| pause <= LONGEST_PAUSE), "{pause:?}");
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
