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
mod send;
mod side;
mod store;
mod sweep;
mod unsent;
mod verb;
mod version;
mod vouched;

pub use builder::FailoverBuilder;
pub use mode::{Follower, Mode};
pub use side::Side;

use std::sync::{Arc, Once};

use async_trait::async_trait;

use crate::backend::{
    Backend, BackendError, Change, Created, Draft, Found, Health, Loaded, Record, Renewed, Rotated,
    Rotation, SessionKey, Stats, Swept, Updated, UserId,
};
use catch_up::Pace;
use pair::Pair;
use verb::{Halfway, outcome};

/// Keeps all sessions in two stores, so that either may be gone.
///
/// It keeps the promises of [`Backend`] but for these. A key that was renewed leads to the session
/// only in the store that renewed it: if that is lost within the grace, the old key is
/// `Superseded`, and where it led is not known. The cap on a user's sessions is held by the store
/// that leads, which also tells of those that expired; around a change of the lead, some of those
/// are told twice or not at all. While instances don't agree on which store leads, for as long as
/// one of them can't reach a store that others reach and about four
/// [probes](FailoverBuilder::probe_every) longer, one may read what is older than what another one
/// wrote; of two changes of the same session at the same time through different leads, one may be
/// lost. A backup that [may lag](#a-backup-that-lags) is a weaker one.
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
/// A primary that comes back without its memory is given its sessions as they are asked for. One
/// that comes back without the latest of it, as a server does that writes to its disk once a second,
/// is reminded: an instance that has seen it fail reads each session from both stores first, and the
/// higher version stays. An instance that starts later does not know, and may take the older one. A
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
/// # A backup that lags
///
/// With [`max_lag`](FailoverBuilder::max_lag) an [`update`](Backend::update) is acknowledged when the
/// primary has it, and is sent to the backup in the background, at once. A session that begins, ends
/// or gets another key does so in both stores before that is acknowledged, as ever. An update still
/// waits for the backup
///
/// - while another one has been on its way for `max_lag`, or 256 of this instance are;
/// - if it is the first one of its session through this instance, or since the primary has failed or
///   another instance has done without it, for it may lack then what the backup has;
/// - in all modes but the one where the primary leads and the backup is in step.
///
/// What an instance has on its way when the primary is lost gets to the backup before it lets that
/// lead; of several changes of a session at the same time, the later ones may not. While instances
/// don't agree on which store leads, all changes of a session through the primary may be lost that
/// follow one through the backup. An instance that ends takes what is on its way with it, unless it
/// is [flushed](Failover::flush): the backup gets that with the next change or touch of the
/// session. If the primary is lost before, so are the changes that the instance has acknowledged in
/// the last `max_lag` before it ended, or before the backup stopped answering. They come back with
/// the primary, if the session was not changed meanwhile; if it was, that stays. What a backup that
/// leads makes of a session has a version that leaps over all that the primary may have made of it:
/// versions are not consecutive then.
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

    /// Waits until the backup has all that this process has changed, where it
    /// [may lag](FailoverBuilder::max_lag). Call it when the application ends, after the last
    /// request: what is on its way ends with the process. Without a lag there is nothing to wait for.
    ///
    /// # Errors
    /// A store is gone, or it takes longer than ten times the [patience](FailoverBuilder::patience).
    pub async fn flush(&self) -> Result<(), BackendError> {
        send::flush(&self.pair).await
    }

    fn pair(&self) -> &Arc<Pair> {
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

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        sweep::sweep(self.pair(), limit).await
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
