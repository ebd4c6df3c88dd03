//! Sends to the backup what the primary has, where the backup may lag.

use std::sync::Arc;

use tokio::sync::OwnedRwLockReadGuard;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::align::align;
use super::journal::Missed;
use super::pair::{Pair, Verdict};
use super::unsent::Underway;
use super::version;
use super::{Follower, Mode, Side};
use crate::backend::{Backend, BackendError, BackendErrorKind, Change, Found, SessionKey, Updated};

/// A change that the primary is given, and the backup when it is acknowledged.
pub(super) struct Sending {
    pair: Arc<Pair>,
    underway: Underway,
    /// What is on its way arrives before another store leads.
    verb: OwnedRwLockReadGuard<()>,
}

impl Sending {
    /// None if the change of this version has to wait for the backup.
    pub(super) fn begin(pair: &Arc<Pair>, key: &SessionKey, version: u64) -> Option<Self> {
        // The backup may still make something else of it.
        let unsent = pair.unsent().filter(|_| !version::is_ahead(version))?;
        if !pair.is_vouched(key) {
            return None;
        }
        let verb = pair.longer_verb()?;
        let underway = unsent.begin(key, Instant::now())?;
        Some(Self { pair: Arc::clone(pair), underway, verb })
    }

    /// The primary has made the change.
    pub(super) fn go(mut self, change: Change) {
        self.underway.promise();
        tokio::spawn(self.send(change));
    }

    async fn send(self, change: Change) {
        let Self { pair, underway, verb } = self;
        let key = *underway.key();
        if follow(&pair, &key, &change).await || give(&pair, &key).await.is_ok() {
            underway.finish();
        }
        drop(verb);
    }
}

/// Whether the backup has made the change. This one may come before the one that it was made of.
async fn follow(pair: &Pair, key: &SessionKey, change: &Change) -> bool {
    let backup = pair.store(Side::Backup);
    for _ in 0..ATTEMPTS {
        match backup.update(key, change).await {
            Ok(Updated::Done(_)) => return true,
            Ok(Updated::Conflict(found)) if found.record.version < change.version => {}
            Ok(Updated::Conflict(found)) => return is_made(&found, key, change),
            Ok(Updated::Missing(_)) => return false,
            Err(_) if pair.judge(Side::Backup).await == Verdict::Alive => {}
            Err(_) => return false,
        }
    }
    false
}

const ATTEMPTS: u32 = 3;

fn is_made(found: &Found, key: &SessionKey, change: &Change) -> bool {
    let Found { key: found, record } = found;
    found == key && record.version == change.version + 1 && record.payload == change.payload
}

/// Gives the backup what the session is by now, or notes that it lacks that. Neither can be done if
/// the primary is gone: what that has taken with it is not held against the backup.
async fn give(pair: &Pair, key: &SessionKey) -> Result<(), BackendError> {
    let mode = pair.mode().await?;
    if mode.follower != Follower::Away && align(pair, mode, key).await.is_ok() {
        return Ok(());
    }
    match mode {
        Mode { lead: Side::Primary, .. } => note(pair, key).await,
        Mode { lead: Side::Backup, follower: Follower::Away } => Err(gone()),
        Mode { lead: Side::Backup, .. } => {
            // If both are there, the primary does not give back what it has taken with it.
            let (primary, backup) = (pair.store(Side::Primary), pair.store(Side::Backup));
            tokio::try_join!(primary.answers(), backup.answers()).map(drop)
        }
    }
}

async fn note(pair: &Pair, key: &SessionKey) -> Result<(), BackendError> {
    if pair.judge(Side::Primary).await != Verdict::Alive {
        return Err(gone());
    }
    pair.judge(Side::Backup).await;
    pair.note(Side::Primary, Missed::change(key)).await
}

fn gone() -> BackendError {
    BackendError::new(BackendErrorKind::Unavailable)
}

/// Sends what was left behind.
pub(super) async fn send_left(pair: &Arc<Pair>) -> Result<(), BackendError> {
    let Some(unsent) = pair.unsent() else { return Ok(()) };
    loop {
        let mut lanes = JoinSet::new();
        for underway in unsent.resume(Instant::now()) {
            lanes.spawn(resume(Arc::clone(pair), underway));
        }
        if lanes.is_empty() {
            return Ok(());
        }
        while let Some(sent) = lanes.join_next().await {
            sent.map_err(|_| gone())??;
        }
    }
}

async fn resume(pair: Arc<Pair>, underway: Underway) -> Result<(), BackendError> {
    let (_, _verb) = pair.verb().await?;
    give(&pair, underway.key()).await?;
    underway.finish();
    Ok(())
}

/// Waits until the backup has all that this process has changed.
pub(super) async fn flush(pair: &Arc<Pair>) -> Result<(), BackendError> {
    let Some(unsent) = pair.unsent() else { return Ok(()) };
    let flushed = async {
        loop {
            unsent.have_ended().await;
            if unsent.is_empty() {
                return Ok(());
            }
            send_left(pair).await?;
        }
    };
    let late = |_| Err(BackendError::new(BackendErrorKind::Timeout));
    timeout(pair.start(), flushed).await.unwrap_or_else(late)
}
