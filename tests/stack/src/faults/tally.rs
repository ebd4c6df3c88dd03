use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Method;
use tokio::time::Instant;

use crate::{Answer, Failure};

/// What was counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Requests that were sent.
    pub sent: u64,
    /// Those that got no answer, or one with a server's error.
    pub failed: u64,
    /// Those of them that may be sent twice, so that a balancer would have.
    pub failed_repeatable: u64,
    /// Users who were logged in and are not any more, by no wish of theirs.
    pub logged_out: u64,
    /// Changes that were acknowledged and are not there.
    pub lost: u64,
    /// Changes that are there once too often.
    pub doubled: u64,
    /// Sessions that were ended, and are live.
    pub back: u64,
    /// The longest that an answer took.
    pub slowest: Duration,
    pub(crate) last_failure: Option<Instant>,
}

/// Where all users count.
#[derive(Debug, Default)]
pub(crate) struct Board {
    tally: Mutex<Tally>,
    /// When what is not answered yet was sent.
    in_hand: Mutex<Vec<Instant>>,
}

impl Board {
    pub(crate) fn tally(&self) -> Tally {
        *lock(&self.tally)
    }

    pub(crate) fn count(&self, add: impl FnOnce(&mut Tally)) {
        add(&mut lock(&self.tally));
    }

    /// Notes that a request is sent, now.
    pub(crate) fn sends(&self) -> Instant {
        let now = Instant::now();
        lock(&self.in_hand).push(now);
        now
    }

    /// Whether an answer is waited for since before then.
    pub(crate) fn waits_since(&self, then: Instant) -> bool {
        lock(&self.in_hand).iter().any(|sent| *sent < then)
    }

    /// Counts a request; the answer to it, if it is one to go by.
    pub(crate) fn answered(
        &self,
        method: &Method,
        sent: Instant,
        answer: Result<Answer, Failure>,
    ) -> Option<Answer> {
        self.is_no_longer_in_hand(sent);
        let answer = answer.ok().filter(|answer| !answer.status.is_server_error());
        let (now, took) = (Instant::now(), sent.elapsed());
        self.count(|tally| {
            tally.sent += 1;
            tally.slowest = tally.slowest.max(took);
            if answer.is_none() {
                tally.failed += 1;
                tally.failed_repeatable += u64::from(method.is_idempotent());
                tally.last_failure = Some(now);
            }
        });
        answer
    }

    fn is_no_longer_in_hand(&self, sent: Instant) {
        let mut in_hand = lock(&self.in_hand);
        if let Some(place) = in_hand.iter().position(|one| *one == sent) {
            in_hand.swap_remove(place);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
