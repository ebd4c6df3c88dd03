use super::super::journal::Missed;
use super::super::pair::Pair;
use super::super::{Follower, Mode, Side};
use super::make_up_for::make_up_for;
use crate::backend::{Backend, BackendError, Found, Loaded, SessionKey};

pub(in super::super) async fn delete(
    pair: &Pair,
    key: &SessionKey,
) -> Result<Option<Found>, BackendError> {
    let mode = pair.mode().await?;
    let led = match pair.store(mode.lead).delete(key).await {
        Ok(led) => led,
        Err(error) => return delete_again(pair, mode, key, error).await,
    };
    if mode.follower == Follower::Away {
        return note_end(pair, mode.lead, key, led).await;
    }
    let keys: Vec<_> = ends(key, led.as_ref()).map(|missed| missed.key).collect();
    follow_ends(pair, mode, &keys).await.map(|()| led)
}

/// The lead has failed: whoever leads now is asked, once.
async fn delete_again(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    error: BackendError,
) -> Result<Option<Found>, BackendError> {
    let mode = pair.mode_after(mode, error).await?;
    let led = pair.store(mode.lead).delete(key).await?;
    note_end(pair, mode.lead, key, led).await
}

async fn note_end(
    pair: &Pair,
    side: Side,
    key: &SessionKey,
    ended: Option<Found>,
) -> Result<Option<Found>, BackendError> {
    for missed in ends(key, ended.as_ref()) {
        pair.note(side, missed).await?;
    }
    Ok(ended)
}

/// The end of a session, under the key that was asked for and the one that it had.
fn ends(key: &SessionKey, ended: Option<&Found>) -> impl Iterator<Item = Missed> {
    let other = ended.map(|found| found.key).filter(|other| other != key);
    [*key].into_iter().chain(other).map(|key| Missed::end(&key))
}

/// Ends with the follower what the lead has ended for something else.
pub(super) async fn follow_ends(
    pair: &Pair,
    mode: Mode,
    ended: &[SessionKey],
) -> Result<(), BackendError> {
    for key in ended {
        let missed = Missed::end(key);
        if mode.follower == Follower::Away {
            pair.note(mode.lead, missed).await?;
        } else if pair.store(mode.follower_side()).delete(key).await.is_err() {
            make_up_for(pair, mode, missed).await?;
        }
    }
    Ok(())
}

/// Ends with the follower what it was given too late: somebody has ended it with the lead, and
/// found nothing to end here.
pub(super) async fn end_if_ended(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
) -> Result<(), BackendError> {
    match pair.store(mode.lead).load(key).await {
        Ok(Loaded::Missing(_)) => follow_ends(pair, mode, &[*key]).await,
        Ok(Loaded::Found(_)) | Err(_) => Ok(()),
    }
}
