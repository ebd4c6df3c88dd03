use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime};

use auth_core::ManualClock;

/// Time that stands still until it is told to pass. Connections go on meanwhile.
pub(crate) struct Time {
    pub(crate) clock: ManualClock,
    /// tokio does not move its clock by itself while a blocking task runs.
    _hold: mpsc::Sender<()>,
}

impl Time {
    pub(crate) fn stop() -> Self {
        tokio::time::pause();
        let (hold, released) = mpsc::channel();
        tokio::task::spawn_blocking(move || released.recv());
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        Self { clock: ManualClock::new(now), _hold: hold }
    }

    /// Lets both clocks run on. tokio rounds its timers up to the next millisecond.
    pub(crate) async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        tokio::time::advance(time + Duration::from_millis(1)).await;
        settle().await;
    }

    /// Lets time run on, second by second, until something has happened.
    pub(crate) async fn pass_until(&self, happened: impl Fn() -> bool) -> Duration {
        let mut passed = Duration::ZERO;
        while !happened() {
            assert!(passed < hours(2), "it does not happen");
            self.pass(seconds(1)).await;
            passed += seconds(1);
        }
        passed
    }
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn minutes(minutes: u64) -> Duration {
    seconds(minutes * 60)
}

pub(crate) fn hours(hours: u64) -> Duration {
    minutes(hours * 60)
}

/// Gives what can go on without time the occasion to do so.
pub(crate) async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

/// Waits until something has happened, without time passing.
pub(crate) async fn until(happened: impl Fn() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(start.elapsed() < seconds(20), "it does not happen");
        tokio::task::yield_now().await;
    }
}
