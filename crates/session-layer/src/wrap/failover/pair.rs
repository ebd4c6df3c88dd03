use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, RwLock, watch};
use tokio::time::timeout;

use super::journal::{self, Missed};
use super::store::Store;
use super::{Follower, Mode, Side};
use crate::backend::{BackendError, BackendErrorKind};

/// Two stores, and who of them leads.
#[derive(Debug)]
pub(super) struct Pair {
    primary: Store,
    backup: Store,
    /// None until it is known what the stores have missed of one another.
    mode: watch::Sender<Option<Mode>>,
    /// Held by whoever finds out whether a store is gone, so that many do it once.
    judging: Mutex<()>,
    /// Read by every verb, and written when the lead goes home, so that no verb sees both.
    verbs: RwLock<()>,
    /// Something was done in one of them only, since they last had all.
    noted: AtomicBool,
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
            verbs: RwLock::default(),
            noted: AtomicBool::new(false),
            start,
        }
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

    /// Is not given while the lead changes by intention.
    pub(super) async fn verb(&self) -> impl Drop {
        self.verbs.read().await
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

    /// Both have all: the primary leads, when nobody is in the middle of anything. Unless the mode
    /// is another one by now.
    pub(super) async fn settle(&self, caught_up: Mode) {
        let _alone = self.verbs.write().await;
        let settled = self.mode.send_if_modified(|mode| {
            let is_same = *mode == Some(caught_up);
            if is_same {
                *mode = Some(Mode::NORMAL);
            }
            is_same
        });
        if settled {
            self.noted.store(false, Ordering::Relaxed);
            tracing::info!("both stores have all sessions; the primary leads");
        }
    }

    /// Notes down in a store what the other one has missed, which then takes nobody's place.
    pub(super) async fn note(&self, side: Side, missed: Missed) -> Result<(), BackendError> {
        self.noted.store(true, Ordering::Relaxed);
        self.mode.send_if_modified(|mode| match mode {
            Some(Mode { lead, follower: follower @ Follower::InStep }) if *lead == side => {
                *follower = Follower::CatchingUp;
                true
            }
            _ => false,
        });
        journal::note(self.store(side), missed).await
    }

    pub(super) fn has_noted(&self) -> bool {
        self.noted.load(Ordering::Relaxed)
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

    /// In which mode to ask again after the lead has failed.
    pub(super) async fn mode_after(
        &self,
        mode: Mode,
        error: BackendError,
    ) -> Result<Mode, BackendError> {
        match self.judge(mode.lead).await {
            Verdict::Alive => Ok(mode),
            Verdict::Gone => self.mode().await,
            Verdict::Hopeless => Err(error),
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
