//! Two stores, of which one takes over when the other one is gone.

mod align;
mod builder;
mod catch_up;
mod health;
mod journal;
mod mode;
mod pair;
mod retire;
mod ripening;
mod side;
mod store;
mod verb;

pub use builder::FailoverBuilder;
pub use mode::{Follower, Mode};
pub use side::Side;

use std::sync::{Arc, Once};

use async_trait::async_trait;

use crate::backend::{
    Backend, BackendError, Change, Created, Draft, Found, Health, Loaded, Record, Renewed, Rotated,
    Rotation, SessionKey, Stats, Updated, UserId,
};
use catch_up::Pace;
use pair::Pair;
use verb::{Halfway, outcome};

/// Keeps all sessions in two stores, so that either may be gone.
///
/// It keeps the promises of [`Backend`] but for these. A key that was renewed leads to the session
/// only in the store that renewed it: if that is lost within the grace, the old key is
/// `Superseded`, and where it led is not known. The cap on a user's sessions is held by the store
/// that leads. While instances don't agree on which store leads, for as long as one of them can't
/// reach a store that others reach and about four [probes](FailoverBuilder::probe_every) longer,
/// one may read what is older than what another one wrote; of two changes of the same session at
/// the same time through different leads, one may be lost.
///
/// # How
///
/// Every write goes to both stores, at the same time, and is acknowledged when both have it; reads
/// ask the primary. A store that fails is asked once more, with a small write; if it fails again it
/// is gone, and the other one does without it: it notes down, in itself, what the other one misses.
/// A task asks about every second whether the lost one is back. Then both are written to again,
/// the notes are worked off by whoever finds them, and when none are left the primary leads as
/// before. Of two versions of a session the higher one stays, and what was ended stays so.
///
/// A primary that comes back without its memory is given its sessions as they are asked for. A
/// backup that is new and empty gets each session with its next change or touch.
///
/// Who can do with a replica's copy (a [`StaleLayer`](crate::StaleLayer)) is answered with one of
/// the store that leads, if that reads its replicas.
///
/// A store must not be one that reads from memory: a [`NearCache`](super::NearCache) goes around
/// this, not into it.
///
/// If both are gone, or one of them while the other one has not caught up, every verb fails, and
/// requests are served as guests'; cookies stay as they are.
///
/// ```
/// # fn main() -> Result<(), session_layer::ConfigError> {
/// use session_layer::SessionLayer;
/// use session_layer::backend::MemoryBackend;
/// use session_layer::wrap::Failover;
///
/// let (primary, backup) = (MemoryBackend::new(), MemoryBackend::new());
/// let sessions = SessionLayer::builder(Failover::builder(primary, backup).build()?).build()?;
/// # let _ = sessions;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Failover {
    pair: Arc<Pair>,
    pace: Pace,
    started: Arc<Once>,
}

impl Failover {
    /// Settings for these two.
    pub fn builder(primary: impl Backend, backup: impl Backend) -> FailoverBuilder {
        Self::builder_shared(Arc::new(primary), Arc::new(backup))
    }

    /// [`builder`](Self::builder) with backends that the application uses elsewhere too.
    pub fn builder_shared(primary: Arc<dyn Backend>, backup: Arc<dyn Backend>) -> FailoverBuilder {
        FailoverBuilder::new(primary, backup)
    }

    fn new(pair: Pair, pace: Pace) -> Self {
        Self { pair: Arc::new(pair), pace, started: Arc::new(Once::new()) }
    }

    /// Which store leads, and how the other one follows; none before the first verb.
    pub fn mode(&self) -> Option<Mode> {
        self.pair.known_mode()
    }

    fn pair(&self) -> &Pair {
        self.started.call_once(|| catch_up::start(&self.pair, self.pace));
        &self.pair
    }
}

/// Begins a verb, and begins it anew with the other store when the one that led is lost.
macro_rules! begin {
    ($pair:ident, |$mode:ident| $verb:expr) => {
        loop {
            let ($mode, _verb) = $pair.verb().await?;
            if let Some(outcome) = outcome($verb.await) {
                return outcome;
            }
        }
    };
}

#[async_trait]
impl Backend for Failover {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        let pair = self.pair();
        begin!(pair, |mode| verb::load(pair, mode, key))
    }

    async fn load_stale(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        let pair = self.pair();
        begin!(pair, |mode| verb::load_stale(pair, mode, key))
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        let pair = self.pair();
        begin!(pair, |mode| verb::renewed(pair, mode, key))
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        let pair = self.pair();
        begin!(pair, |mode| verb::create(pair, mode, key, draft))
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        let (pair, mut halfway) = (self.pair(), Halfway::default());
        begin!(pair, |mode| verb::update(pair, mode, key, change, &mut halfway))
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        let pair = self.pair();
        begin!(pair, |mode| verb::touch(pair, mode, key))
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        let pair = self.pair();
        begin!(pair, |mode| verb::rotate(pair, mode, key, rotation))
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        let pair = self.pair();
        begin!(pair, |mode| verb::delete(pair, mode, key))
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        let pair = self.pair();
        let _verb = pair.only_verb().await;
        verb::restore(pair, pair.mode().await?, key, record).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        let pair = self.pair();
        begin!(pair, |mode| verb::of_user(pair, mode, user))
    }

    async fn sweep(&self, limit: u32) -> Result<u32, BackendError> {
        let pair = self.pair();
        let (primary, backup) = (pair.store(Side::Primary), pair.store(Side::Backup));
        match tokio::join!(primary.sweep(limit), backup.sweep(limit)) {
            (Ok(one), Ok(other)) => Ok(one.max(other)),
            (one, other) => one.or(other),
        }
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        let pair = self.pair();
        begin!(pair, |mode| verb::stats(pair, mode))
    }

    async fn health(&self) -> Health {
        health::of(self.pair()).await
    }

    fn name(&self) -> &'static str {
        "failover"
    }
}
