use std::time::Duration;

/// When keys are fetched again. Chance, from 0 to 255, spreads the instances of a program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    pub(super) refresh_every: Duration,
}

/// However short an answer's `max-age` is.
const LEAST_LIFETIME: Duration = Duration::from_secs(30);
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(60);

impl Schedule {
    /// How long to wait after a good answer: it is refreshed ahead of the end of its lifetime.
    pub(super) fn after_success(self, max_age: Option<Duration>, chance: u8) -> Duration {
        let lifetime = max_age.unwrap_or(self.refresh_every).max(LEAST_LIFETIME);
        ahead_of(lifetime.min(self.refresh_every), chance)
    }

    /// How long to wait after so many failures in a row.
    pub(super) fn after_failure(self, failures: u32, chance: u8) -> Duration {
        let doublings = failures.saturating_sub(1).min(16);
        let delay = FIRST_RETRY.saturating_mul(2_u32.saturating_pow(doublings));
        ahead_of(delay.min(LAST_RETRY).min(self.refresh_every), chance)
    }
}

/// From 80 to 100 % of the time.
fn ahead_of(time: Duration, chance: u8) -> Duration {
    time / 5 * 4 + time / 5 / 255 * u32::from(chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: Schedule = Schedule { refresh_every: Duration::from_secs(300) };

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[track_caller]
    fn check(delay: impl Fn(u8) -> Duration, earliest: Duration, latest: Duration) {
        assert_eq!(delay(0), earliest);
        let spread = latest - delay(255);
        assert!(spread < Duration::from_millis(1), "{spread:?}");
    }

    #[test]
    fn a_refresh_is_ahead_of_need() {
        check(|chance| SCHEDULE.after_success(None, chance), seconds(240), seconds(300));
    }

    #[test]
    fn a_shorter_max_age_is_followed() {
        let max_age = Some(seconds(100));
        check(|chance| SCHEDULE.after_success(max_age, chance), seconds(80), seconds(100));
    }

    #[test]
    fn a_max_age_of_nothing_is_half_a_minute() {
        let max_age = Some(Duration::ZERO);
        check(|chance| SCHEDULE.after_success(max_age, chance), seconds(24), seconds(30));
    }

    #[test]
    fn a_longer_max_age_is_not_followed() {
        let max_age = Some(seconds(86_400));
        check(|chance| SCHEDULE.after_success(max_age, chance), seconds(240), seconds(300));
    }

    #[test]
    fn the_user_may_refresh_more_often_than_max_age_may() {
        let schedule = Schedule { refresh_every: seconds(5) };
        check(|chance| schedule.after_success(Some(seconds(1)), chance), seconds(4), seconds(5));
    }

    #[test]
    fn retries_start_quickly_and_slow_down_to_a_minute() {
        let delays = [1, 2, 3, 7, 1_000_000].map(|failures| SCHEDULE.after_failure(failures, 0));
        assert_eq!(delays, [800, 1_600, 3_200, 48_000, 48_000].map(Duration::from_millis));
    }

    #[test]
    fn retries_are_never_rarer_than_refreshes() {
        let schedule = Schedule { refresh_every: seconds(5) };
        check(|chance| schedule.after_failure(20, chance), seconds(4), seconds(5));
    }
}
