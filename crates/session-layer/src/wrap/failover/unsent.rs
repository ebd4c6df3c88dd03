//! The changes that the backup does not have yet, where it may lag.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::backend::SessionKey;

/// What is on its way to the backup, and what was left behind, for a store was gone.
#[derive(Debug)]
pub(super) struct Unsent {
    max_lag: Duration,
    room: usize,
    state: Mutex<State>,
    ended: Notify,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    /// When they began, in this order.
    on_their_way: BTreeMap<u64, Instant>,
    left: BTreeSet<SessionKey>,
}

/// How many changes may be on their way at the same time.
const ROOM: usize = 256;

impl Unsent {
    pub(super) fn new(max_lag: Duration) -> Self {
        Self { max_lag, room: ROOM, state: Mutex::default(), ended: Notify::new() }
    }

    pub(super) fn max_lag(&self) -> Duration {
        self.max_lag
    }

    /// A change begins that is to be sent. None if too many are on their way, or one has been for
    /// so long that no other one may be.
    pub(super) fn begin(self: &Arc<Self>, key: &SessionKey, now: Instant) -> Option<Underway> {
        let mut state = self.state();
        let may_begin = state.on_their_way.len() < self.room && state.lag(now) < self.max_lag;
        may_begin.then(|| state.begin(self, *key, now))
    }

    /// How long the oldest has been on its way.
    pub(super) fn lag(&self, now: Instant) -> Duration {
        self.state().lag(now)
    }

    /// Some of the sessions that were left behind, which are now on their way again.
    pub(super) fn resume(self: &Arc<Self>, now: Instant) -> Vec<Underway> {
        let mut state = self.state();
        let keys: Vec<_> = state.left.iter().take(self.room).copied().collect();
        keys.into_iter().map(|key| state.resume(self, key, now)).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        let state = self.state();
        state.on_their_way.is_empty() && state.left.is_empty()
    }

    /// Waits until nothing is on its way; something may have been left behind.
    pub(super) async fn have_ended(&self) {
        loop {
            let ended = self.ended.notified();
            if self.state().on_their_way.is_empty() {
                return;
            }
            ended.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin(&mut self, unsent: &Arc<Unsent>, key: SessionKey, now: Instant) -> Underway {
        let number = self.next;
        self.next += 1;
        self.on_their_way.insert(number, now);
        Underway { unsent: Arc::clone(unsent), key, number, is_promised: false }
    }

    fn resume(&mut self, unsent: &Arc<Unsent>, key: SessionKey, now: Instant) -> Underway {
        self.left.remove(&key);
        let mut underway = self.begin(unsent, key, now);
        underway.promise();
        underway
    }

    fn lag(&self, now: Instant) -> Duration {
        let oldest = self.on_their_way.values().next();
        oldest.map_or(Duration::ZERO, |began| now.saturating_duration_since(*began))
    }
}

/// A change on its way. If it was promised and is dropped before it got there, it is left behind.
#[derive(Debug)]
pub(super) struct Underway {
    unsent: Arc<Unsent>,
    key: SessionKey,
    number: u64,
    is_promised: bool,
}

impl Underway {
    pub(super) fn key(&self) -> &SessionKey {
        &self.key
    }

    /// It is going to be acknowledged.
    pub(super) fn promise(&mut self) {
        self.is_promised = true;
    }

    /// It got there.
    pub(super) fn finish(mut self) {
        self.is_promised = false;
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        let mut state = self.unsent.state();
        state.on_their_way.remove(&self.number);
        if self.is_promised {
            state.left.insert(self.key);
        }
        drop(state);
        self.unsent.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn key(name: &str) -> SessionKey {
        SessionKey::of_id(name)
    }

    fn one_second() -> (Arc<Unsent>, Instant) {
        (Arc::new(Unsent::new(SECOND)), Instant::now())
    }

    #[test]
    fn nothing_more_may_lag_when_the_oldest_change_is_as_old_as_the_bound() {
        let (unsent, start) = one_second();
        let oldest = unsent.begin(&key("a"), start).unwrap();
        let _later = unsent.begin(&key("b"), start + SECOND / 2).unwrap();
        assert_eq!(unsent.lag(start + SECOND), SECOND);
        assert!(unsent.begin(&key("c"), start + SECOND).is_none());
        oldest.finish();
        assert_eq!(unsent.lag(start + SECOND), SECOND / 2);
        assert!(unsent.begin(&key("c"), start + SECOND).is_some());
    }

    #[test]
    fn no_more_may_lag_than_there_is_room_for() {
        let now = Instant::now();
        let unsent = Arc::new(Unsent { room: 2, ..Unsent::new(SECOND) });
        let one = unsent.begin(&key("a"), now).unwrap();
        let _other = unsent.begin(&key("a"), now).unwrap();
        assert!(unsent.begin(&key("a"), now).is_none());
        one.finish();
        assert!(unsent.begin(&key("b"), now).is_some());
    }

    fn promised(unsent: &Arc<Unsent>, name: &str, now: Instant) -> Underway {
        let mut underway = unsent.begin(&key(name), now).unwrap();
        underway.promise();
        underway
    }

    #[test]
    fn what_was_promised_is_left_behind_and_taken_up_again() {
        let (unsent, now) = one_second();
        drop(promised(&unsent, "a", now));
        drop(promised(&unsent, "a", now));
        assert!(!unsent.is_empty());
        let [again] = <[_; 1]>::try_from(unsent.resume(now)).unwrap();
        assert_eq!(again.key(), &key("a"));
        drop(again);
        let [again] = <[_; 1]>::try_from(unsent.resume(now)).unwrap();
        assert!(unsent.resume(now).is_empty() && !unsent.is_empty());
        again.finish();
        assert!(unsent.is_empty());
    }

    #[test]
    fn what_nobody_was_promised_is_not_sent() {
        let (unsent, now) = one_second();
        drop(unsent.begin(&key("a"), now));
        assert!(unsent.is_empty() && unsent.resume(now).is_empty());
    }

    #[test]
    fn what_is_left_behind_keeps_nobody_from_lagging() {
        let (unsent, start) = one_second();
        drop(promised(&unsent, "a", start));
        assert_eq!(unsent.lag(start + SECOND), Duration::ZERO);
        assert!(unsent.begin(&key("b"), start + SECOND).is_some());
    }

    #[test]
    fn who_waits_for_the_end_waits_for_all_that_is_on_its_way() {
        let (unsent, now) = one_second();
        assert!(unsent.have_ended().now_or_never().is_some());
        let [one, other] = ["a", "b"].map(|name| unsent.begin(&key(name), now).unwrap());
        let mut ended = Box::pin(unsent.have_ended());
        one.finish();
        assert!(ended.as_mut().now_or_never().is_none());
        drop(other);
        assert!(ended.as_mut().now_or_never().is_some());
    }
}
