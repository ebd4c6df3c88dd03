use std::time::Duration;

use aws_lc_rs::rand;
use tokio::time::{Instant, sleep};

/// Pauses between attempts to change what many others change too: none before the second attempt,
/// then random ones that grow, so that the crowd thins out.
pub(crate) struct Backoff {
    attempts: u32,
    deadline: Instant,
}

/// So many attempts were in vain, or so much time.
#[derive(Debug)]
pub(crate) struct Exhausted;

impl Backoff {
    pub(crate) fn start() -> Self {
        Self { attempts: 0, deadline: Instant::now() + PATIENCE }
    }

    pub(crate) async fn pause(&mut self) -> Result<(), Exhausted> {
        self.attempts += 1;
        if self.attempts >= MOST_ATTEMPTS || Instant::now() >= self.deadline {
            return Err(Exhausted);
        }
        if self.attempts > 1 {
            sleep(random_below(longest_pause(self.attempts))).await;
        }
        Ok(())
    }
}

/// 2 ms before the third attempt, twice as much before each further one, at most 64 ms.
fn longest_pause(attempts: u32) -> Duration {
    Duration::from_millis(1 << attempts.clamp(1, 7).saturating_sub(1))
}

fn random_below(longest: Duration) -> Duration {
    let mut bytes = [0; 2];
    // Without randomness the pause is the longest.
    let share = rand::fill(&mut bytes).map_or(u16::MAX, |()| u16::from_ne_bytes(bytes));
    longest.mul_f64(f64::from(share) / f64::from(u16::MAX))
}

const MOST_ATTEMPTS: u32 = 100;
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound() {
        let pauses = [2, 3, 4, 7, 8, 99].map(|attempts| longest_pause(attempts).as_millis());
        assert_eq!(pauses, [2, 4, 8, 64, 64, 64]);
        assert!((0..1000).all(|_| random_below(Duration::from_millis(8)).as_millis() <= 8));
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends() {
        let mut backoff = Backoff::start();
        let mut attempts = 1;
        while backoff.pause().await.is_ok() {
            attempts += 1;
        }
        assert!((50..=MOST_ATTEMPTS).contains(&attempts), "{attempts}");
    }
}
