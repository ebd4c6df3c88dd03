use std::time::Duration;

use aws_lc_rs::rand;

/// How long to wait before the next attempt to connect, after so many that failed in a row.
/// Chance, from 0 to 255, spreads the instances of a program.
///
/// The longest is shorter than a command's deadline is by default, so that the first command after
/// an outage finds the connection in time.
pub(super) fn delay(failures: u32, chance: u8) -> Duration {
    spread(failures, LAST, chance)
}

/// The same for connections that nobody waits for.
pub(super) fn unhurried_delay(failures: u32, chance: u8) -> Duration {
    spread(failures, UNHURRIED, chance)
}

/// From 0 to 255.
pub(super) fn chance() -> u8 {
    let mut byte = [0];
    // Without randomness the instances act in step, which is no reason not to.
    let _ = rand::fill(&mut byte);
    let [byte] = byte;
    byte
}

/// Puts few things into an order by chance.
pub(super) fn shuffle<T>(things: &mut [T]) {
    for end in (2..=things.len()).rev() {
        things.swap(end - 1, usize::from(chance()) % end);
    }
}

fn spread(failures: u32, last: Duration, chance: u8) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let longest = FIRST.saturating_mul(2_u32.saturating_pow(doublings)).min(last);
    longest / 2 + longest / 2 / 255 * u32::from(chance)
}

const FIRST: Duration = Duration::from_millis(20);
const LAST: Duration = Duration::from_millis(320);
const UNHURRIED: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_start_quickly_and_slow_down_to_three_in_a_second() {
        let delays = [1, 2, 3, 5, 6, u32::MAX].map(|failures| delay(failures, 0).as_millis());
        assert_eq!(delays, [10, 20, 40, 160, 160, 160]);
    }

    #[test]
    fn chance_doubles_a_delay_at_most() {
        let delay = delay(100, 255);
        assert!(delay > Duration::from_millis(319) && delay <= LAST, "{delay:?}");
    }
}
