use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedRwLockReadGuard, RwLock, watch};
use tokio::time::timeout;

use super::journal::{self, Missed};
use super::store::Store;
use super::unsent::Unsent;
use super::vouched::Vouched;
use super::{Follower, Mode, Side};
use crate::backend::{BackendError, BackendErrorKind, SessionKey};

/// Two stores, and who of them leads.
#[derive(Debug)]
pub(super) struct Pair {
    primary: Store,
    backup: Store,
    /// None until it is known what the stores have missed of one another.
    mode: watch::Sender<Option<Mode>>,
    /// Held by whoever finds out whether a store is gone, so that many do it once.
    judging: Mutex<()>,
    /// Read by every verb, and written when the lead changes, so that no verb sees both.
    verbs: Arc<RwLock<()>>,
    /// Another store leads, and verbs may still be in flight that began before: the next one waits
    /// for them.
    fenced: AtomicBool,
    /// Something was done in one of them only, since they last had all.
    diverged: AtomicBool,
    vouched: Vouched,
    /// None if the backup may not lag.
    unsent: Option<Arc<Unsent>>,
    start: Duration,
}

/// What has become of a store that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is there, and has only failed at this.
    Alive,
    /// The other one goes on without it.
    Gone,
    /// It is gone, and nobody can take its place.
    Hopeless,
}

impl Pair {
    pub(super) fn new(primary: Store, backup: Store, start: Duration) -> Self {
        Self {
            primary,
            backup,
            mode: watch::Sender::new(None),
            judging: Mutex::default(),
            verbs: Arc::default(),
            fenced: AtomicBool::new(false),
            diverged: AtomicBool::new(false),
            vouched: Vouched::default(),
            unsent: None,
            start,
        }
    }

    /// Lets the backup lag.
    pub(super) fn lagging(self, max_lag: Duration) -> Self {
        Self { unsent: Some(Arc::new(Unsent::new(max_lag))), ..self }
    }

    /// None if the backup may not lag.
    pub(super) fn unsent(&self) -> Option<&Arc<Unsent>> {
        self.unsent.as_ref()
    }

    /// The longest that anybody waits for something of which there is much.
    pub(super) fn start(&self) -> Duration {
        self.start
    }

    /// The primary has the session as it is; before that was seen, there had been so much
    /// [doubt](Store::doubts).
    pub(super) fn vouch(&self, key: &SessionKey, doubts: u64) {
        if doubts > 0 || self.unsent.is_some() {
            self.vouched.add(key, doubts);
        }
    }

    pub(super) fn is_vouched(&self, key: &SessionKey) -> bool {
        self.vouched.has(key, self.primary.doubts())
    }

    /// Whether the primary may have forgotten the latest of a session.
    pub(super) fn is_doubted(&self, key: &SessionKey) -> bool {
        self.primary.doubts() > 0 && !self.is_vouched(key)
    }

    pub(super) fn store(&self, side: Side) -> &Store {
        match side {
            Side::Primary => &self.primary,
            Side::Backup => &self.backup,
        }
    }

    /// The mode, as soon as there is one.
    pub(super) async fn mode(&self) -> Result<Mode, BackendError> {
        let known = *self.mode.borrow();
        if let Some(mode) = known {
            return Ok(mode);
        }
        let mut modes = self.mode.subscribe();
        let known = timeout(self.start, modes.wait_for(Option::is_some)).await;
        let mode = known.ok().and_then(Result::ok).and_then(|mode| *mode);
        mode.ok_or(BackendError::new(BackendErrorKind::Unavailable))
    }

    pub(super) fn known_mode(&self) -> Option<Mode> {
        *self.mode.borrow()
    }

    /// The mode for a verb, which keeps its lead for as long as the other thing lives; or else the
    /// verb finds it gone, and all that began with that lead end before any begins with another.
    pub(super) async fn verb(&self) -> Result<(Mode, impl Drop), BackendError> {
        loop {
            let verb = self.verbs.read().await;
            // In this order: a mode of after the fence is seen together with it.
            let mode = self.mode().await?;
            if !self.fenced.load(Ordering::SeqCst) {
                return Ok((mode, verb));
            }
            drop(verb);
            let _alone = self.verbs.write().await;
            self.fenced.store(false, Ordering::SeqCst);
        }
    }

    /// For what is like a verb of this mode.
    pub(super) async fn verb_in(&self, mode: Mode) -> Result<impl Drop, BackendError> {
        match self.verb().await? {
            (now, verb) if now == mode => Ok(verb),
            _ => Err(BackendError::new(BackendErrorKind::Unavailable)),
        }
    }

    /// For what goes on when the verb that begins it is over. None while somebody waits for all to
    /// end.
    pub(super) fn longer_verb(&self) -> Option<OwnedRwLockReadGuard<()>> {
        Arc::clone(&self.verbs).try_read_owned().ok()
    }

    /// Is given when no other verb goes on.
    pub(super) async fn only_verb(&self) -> impl Drop {
        self.verbs.write().await
    }

    pub(super) fn begin(&self, mode: Mode) {
        self.mode.send_replace(Some(mode));
    }

    /// A store that was away is written to again.
    pub(super) fn welcome(&self, side: Side) {
        self.mode.send_if_modified(|mode| match mode {
            Some(Mode { lead, follower }) if *lead != side && *follower == Follower::Away => {
                *follower = Follower::CatchingUp;
                true
            }
            _ => false,
        });
        tracing::info!(store = %side, "the store is back, and catches up");
    }

    /// Both have all, and nobody is in the middle of anything: the primary leads. Unless the mode is
    /// another one by now.
    pub(super) fn settle(&self, caught_up: Mode) {
        let settled = self.mode.send_if_modified(|mode| {
            let is_same = *mode == Some(caught_up);
            if is_same {
                *mode = Some(Mode::NORMAL);
            }
            is_same
        });
        if settled {
            self.diverged.store(false, Ordering::Relaxed);
            tracing::info!("both stores have all sessions; the primary leads");
        }
    }

    /// Notes down in a store what the other one has missed, which then takes nobody's place.
    pub(super) async fn note(&self, side: Side, missed: Missed) -> Result<(), BackendError> {
        self.diverge();
        self.mode.send_if_modified(|mode| match mode {
            Some(Mode { lead, follower: follower @ Follower::InStep }) if *lead == side => {
                *follower = Follower::CatchingUp;
                true
            }
            _ => false,
        });
        journal::note(self.store(side), missed).await
    }

    /// Something is done in one of them only.
    pub(super) fn diverge(&self) {
        self.diverged.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_diverged(&self) -> bool {
        self.diverged.load(Ordering::Relaxed)
    }

    /// Finds out whether a store that failed is gone, and goes on without it if it is.
    pub(super) async fn judge(&self, side: Side) -> Verdict {
        let _turn = self.judging.lock().await;
        if self.is_away(side) {
            return Verdict::Gone;
        }
        match self.store(side).answers().await {
            Ok(()) => Verdict::Alive,
            Err(error) => self.lose(side, &error),
        }
    }

    fn is_away(&self, side: Side) -> bool {
        let mode = *self.mode.borrow();
        mode.is_some_and(|mode| mode.lead != side && mode.follower == Follower::Away)
    }

    fn lose(&self, side: Side, error: &BackendError) -> Verdict {
        let mut verdict = Verdict::Hopeless;
        self.mode.send_if_modified(|mode| {
            let without = mode.and_then(|mode| mode.without(side));
            if without.is_some() {
                if mode.is_some_and(|mode| mode.lead == side) {
                    self.fenced.store(true, Ordering::SeqCst);
                }
                *mode = without;
                verdict = Verdict::Gone;
            }
            without.is_some()
        });
        let cause = std::error::Error::source(error).map(tracing::field::display);
        tracing::error!(store = %side, kind = error.kind().as_str(), cause, ?verdict, "the store is lost");
        verdict
    }
}

#[cfg(test)]
pub(super) mod testing {
    use std::sync::Arc;

    use super::*;
    use crate::backend::{
        Backend, Change, Draft, Found, Lifetime, Loaded, MemoryBackend, Payload, Rotated, Rotation,
        RotationKind, SessionKey, TOMBSTONE_LIFE, Updated,
    };

    /// Two empty memory backends.
    pub(in super::super) fn pair() -> Pair {
        let store = || {
            let probe = SessionKey::of_id("probe");
            Store::new(Arc::new(MemoryBackend::new()), Duration::from_secs(60), probe)
        };
        Pair::new(store(), store(), Duration::from_secs(60))
    }

    pub(in super::super) async fn create(store: &Store, key: &SessionKey) {
        let life = Duration::from_secs(3600);
        let lifetime = Lifetime { idle: life, absolute: life };
        let draft = Draft { payload: Payload::default(), user: None, lifetime, cap: None };
        store.create(key, &draft).await.unwrap();
    }

    pub(in super::super) async fn change(
        store: &Store,
        key: &SessionKey,
        version: u64,
        content: &'static str,
    ) -> Updated {
        let change = Change { version, payload: Payload::from_bytes(content), lifetime: None };
        store.update(key, &change).await.unwrap()
    }

    pub(in super::super) async fn renew(store: &Store, key: &SessionKey, to: &SessionKey) {
        let (payload, grace) = (Payload::default(), Duration::from_secs(60));
        let kind = RotationKind::Renew { payload, lifetime: None, grace, kept: TOMBSTONE_LIFE };
        let rotation = Rotation { version: 1, to: *to, kind };
        let rotated = store.rotate(key, &rotation).await.unwrap();
        assert_eq!(rotated, Rotated::Done { ended: Vec::new() });
    }

    pub(in super::super) async fn found(store: &Store, key: &SessionKey) -> Found {
        match store.load(key).await.unwrap() {
            Loaded::Found(found) => found,
            missing => panic!("it is {missing:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn with_another_lead_nothing_begins_before_all_has_ended_that_began_with_the_lost_one() {
        let pair = testing::pair();
        pair.begin(Mode::NORMAL);
        let (mode, first) = pair.verb().await.unwrap();
        let (_, second) = pair.verb().await.unwrap();
        let error = BackendError::new(BackendErrorKind::Unavailable);
        assert_eq!((mode, pair.lose(Side::Primary, &error)), (Mode::NORMAL, Verdict::Gone));
        drop(first);
        assert!(pair.verb().now_or_never().is_none());
        drop(second);
        let (mode, _verb) = pair.verb().now_or_never().unwrap().unwrap();
        assert_eq!(mode, Mode::alone(Side::Backup));
    }

    #[tokio::test]
    async fn when_the_other_one_is_lost_nobody_waits() {
        let pair = testing::pair();
        pair.begin(Mode::NORMAL);
        let _first = pair.verb().await.unwrap();
        pair.lose(Side::Backup, &BackendError::new(BackendErrorKind::Unavailable));
        let (mode, _verb) = pair.verb().now_or_never().unwrap().unwrap();
        assert_eq!(mode, Mode::alone(Side::Primary));
    }
}
