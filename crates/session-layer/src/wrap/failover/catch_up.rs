//! The task that watches over a pair of stores: it finds out at the start what they have missed of
//! one another, sees when one that was away is back, and gives it what it has missed.

use std::sync::{Arc, Weak};
use std::time::Duration;

use aws_lc_rs::rand;
use tokio::time::{Instant, sleep};

use super::align::{Aligned, align};
use super::journal::{self, Missed, What};
use super::pair::Pair;
use super::retire::retire;
use super::ripening::{Ripeness, Ripening};
use super::send::send_left;
use super::sweep::sweep_untold;
use super::{Follower, Mode, Side};
use crate::backend::{Backend, BackendError, BackendErrorKind};

/// When to look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// How often a store that is away is asked whether it is back.
    pub(super) probe: Duration,
    /// How long both stores are written to before the lead changes: until all instances have
    /// noticed that the other store is back, and no verb is in flight that has not.
    pub(super) settle: Duration,
    /// Longer than from a note to the end of what it is about.
    pub(super) flight: Duration,
}

/// Goes on for as long as anybody uses the pair.
pub(super) async fn watch(pair: Weak<Pair>, pace: Pace) {
    let mut since = Instant::now();
    let mut last = None;
    let mut ripening = Ripening::of(pace.flight);
    loop {
        let Some(pair) = pair.upgrade() else { return };
        let mode = match pair.known_mode() {
            Some(mode) => mode,
            None => begin(&pair).await,
        };
        if last != Some(mode) {
            (since, last) = (Instant::now(), Some(mode));
        }
        let settled = since.elapsed() >= pace.settle;
        if let Err(error) = look(&pair, mode, settled, &mut ripening).await {
            tracing::debug!(kind = error.kind().as_str(), ?mode, "the stores do not agree yet");
        }
        drop(pair);
        sleep(jittered(pace.probe)).await;
    }
}

/// Whoever was noted to have missed something does not lead.
async fn begin(pair: &Pair) -> Mode {
    let (primary, backup) = (pair.store(Side::Primary), pair.store(Side::Backup));
    let (at_primary, at_backup) = tokio::join!(is_noted(primary), is_noted(backup));
    let catching_up = |lead| Mode { lead, follower: Follower::CatchingUp };
    let mode = match (at_primary, at_backup) {
        (Ok(false), Ok(false)) => Mode::NORMAL,
        (Ok(false), Ok(true)) => catching_up(Side::Backup),
        (Ok(true), Ok(_)) => catching_up(Side::Primary),
        (Err(_), Ok(_)) => Mode::alone(Side::Backup),
        (_, Err(_)) => Mode::alone(Side::Primary),
    };
    tracing::info!(lead = %mode.lead, follower = ?mode.follower, "the stores of the sessions");
    pair.begin(mode);
    mode
}

async fn is_noted(store: &impl Backend) -> Result<bool, BackendError> {
    for page in journal::pages() {
        if !journal::page(store, page).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn look(
    pair: &Arc<Pair>,
    mode: Mode,
    settled: bool,
    ripening: &mut Ripening,
) -> Result<(), BackendError> {
    match mode.follower {
        Follower::Away => {
            pair.store(mode.follower_side()).answers().await?;
            pair.welcome(mode.follower_side());
        }
        Follower::CatchingUp => match send_and_drain(pair, mode, ripening).await {
            Ok(0) if settled => settle(pair, mode).await?,
            Ok(_) => {}
            Err(error) => return resort_to_follower(pair, mode, error).await,
        },
        // An instance that could not see a store which this one saw may have noted something.
        Follower::InStep => {
            if send_and_drain(pair, mode, ripening).await? > 0 {
                pair.store(Side::Primary).doubt();
            }
        }
    }
    Ok(())
}

async fn send_and_drain(
    pair: &Arc<Pair>,
    mode: Mode,
    ripening: &mut Ripening,
) -> Result<usize, BackendError> {
    send_left(pair).await?;
    drain_both(pair, mode, ripening).await
}

/// The primary leads, unless somebody has just noted something, or left something behind.
async fn settle(pair: &Pair, mode: Mode) -> Result<(), BackendError> {
    if mode.lead == Side::Backup {
        sweep_untold(pair).await;
    }
    let _alone = pair.only_verb().await;
    if pair.unsent().is_some_and(|unsent| !unsent.is_empty()) {
        return Ok(());
    }
    let (primary, backup) = (pair.store(Side::Primary), pair.store(Side::Backup));
    let (at_primary, at_backup) = tokio::join!(is_noted(primary), is_noted(backup));
    if !at_primary? && !at_backup? {
        pair.settle(mode);
    }
    Ok(())
}

/// A lead that is gone is done without, if the other one has missed nothing.
async fn resort_to_follower(
    pair: &Pair,
    mode: Mode,
    error: BackendError,
) -> Result<(), BackendError> {
    let (lead, follower) = (pair.store(mode.lead), pair.store(mode.follower_side()));
    let (led, followed) = tokio::join!(lead.answers(), follower.answers());
    if led.is_err() && followed.is_ok() {
        let _alone = pair.only_verb().await;
        if !pair.has_diverged() {
            pair.begin(Mode::alone(mode.follower_side()));
        }
    }
    Err(error)
}

async fn drain_both(
    pair: &Pair,
    mode: Mode,
    ripening: &mut Ripening,
) -> Result<usize, BackendError> {
    let noted = drain(pair, mode, mode.lead, ripening).await?
        + drain(pair, mode, mode.lead.other(), ripening).await?;
    if noted == 0 {
        ripening.clear();
    }
    Ok(noted)
}

/// Gives one store what the other one has noted, and says how much that was.
async fn drain(
    pair: &Pair,
    mode: Mode,
    noted_at: Side,
    ripening: &mut Ripening,
) -> Result<usize, BackendError> {
    let mut noted = 0;
    for page in journal::pages() {
        let notes = journal::page(pair.store(noted_at), page).await?;
        noted += notes.len();
        for note in notes {
            let ripeness = ripening.see(&note.key, Instant::now());
            if ripeness != Ripeness::Unripe {
                let _verb = pair.verb_in(mode).await?;
                make_up(pair, mode, noted_at, note.missed).await?;
            }
            if ripeness == Ripeness::Ripe {
                pair.store(noted_at).delete(&note.key).await?;
            }
        }
    }
    Ok(noted)
}

/// Does in one store what was done in the other one only; of a change, what both have now.
pub(super) async fn make_up(
    pair: &Pair,
    mode: Mode,
    done_at: Side,
    missed: Missed,
) -> Result<Option<Aligned>, BackendError> {
    let other = pair.store(done_at.other());
    let Missed { key, what } = missed;
    match what {
        What::Changed => align(pair, mode, &key).await.map(Some),
        What::Ended => other.delete(&key).await.map(|_| None),
        What::Moved => match retire(other, &key).await? {
            true => Ok(None),
            false => Err(BackendError::new(BackendErrorKind::Timeout)),
        },
    }
}

/// Between a half and one and a half of it, so that instances don't ask in step.
fn jittered(time: Duration) -> Duration {
    let mut byte = [0];
    let share = rand::fill(&mut byte).map_or(0, |()| u8::from_ne_bytes(byte));
    time.mul_f64(0.5 + f64::from(share) / f64::from(u8::MAX))
}

/// Starts the task, on the runtime of the first verb.
pub(super) fn start(pair: &Arc<Pair>, pace: Pace) {
    tokio::spawn(watch(Arc::downgrade(pair), pace));
}

#[cfg(test)]
mod tests {
    use super::super::pair::testing::{change, create, found, pair};
    use super::*;
    use crate::backend::SessionKey;

    #[tokio::test]
    async fn what_another_instance_has_noted_is_reason_to_doubt_what_the_primary_has() {
        let (pair, key) =
            (Arc::new(pair().lagging(Duration::from_secs(1))), SessionKey::of_id("a"));
        pair.begin(Mode::NORMAL);
        let doubts = || pair.store(Side::Primary).doubts();
        pair.vouch(&key, doubts());
        let is_vouched = || pair.is_vouched(&key);
        let mut ripening = Ripening::of(Duration::ZERO);
        look(&pair, Mode::NORMAL, true, &mut ripening).await.unwrap();
        assert!(is_vouched());
        journal::note(pair.store(Side::Backup), Missed::change(&key)).await.unwrap();
        look(&pair, Mode::NORMAL, true, &mut ripening).await.unwrap();
        assert!(!is_vouched());
    }

    #[tokio::test]
    async fn a_note_stays_until_what_it_is_about_must_be_over() {
        let (pair, key) = (pair(), SessionKey::of_id("a"));
        let mode = Mode { lead: Side::Backup, follower: Follower::CatchingUp };
        pair.begin(mode);
        for side in [Side::Primary, Side::Backup] {
            create(pair.store(side), &key).await;
        }
        // It is noted first, and done thereafter.
        pair.note(Side::Backup, Missed::change(&key)).await.unwrap();
        let mut ripening = Ripening::of(Duration::from_secs(3600));
        assert_eq!(drain_both(&pair, mode, &mut ripening).await.unwrap(), 1);
        change(pair.store(Side::Backup), &key, 1, "late").await;
        assert_eq!(drain_both(&pair, mode, &mut ripening).await.unwrap(), 1);
        let mut ripening = Ripening::of(Duration::ZERO);
        for noted in [1, 1, 0] {
            assert_eq!(drain_both(&pair, mode, &mut ripening).await.unwrap(), noted);
        }
        let record = found(pair.store(Side::Primary), &key).await.record;
        assert_eq!(record.payload.as_bytes(), b"late");
    }
}
