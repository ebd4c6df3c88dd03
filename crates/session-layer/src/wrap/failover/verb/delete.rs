use super::super::align::{Aligned, align};
use super::super::journal::Missed;
use super::super::pair::Pair;
use super::super::{Follower, Mode};
use super::make_up_for::make_up_for;
use super::stop::{Stop, led};
use crate::backend::{Backend, BackendError, Found, Loaded, SessionKey};

pub(in super::super) async fn delete(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
) -> Result<Option<Found>, Stop> {
    loop {
        let ended = led(pair, mode, pair.store(mode.lead).delete(key).await).await?;
        if ended.is_some() || mode.follower == Follower::Away {
            let keys: Vec<_> = ends(key, ended.as_ref()).collect();
            follow_ends(pair, mode, &keys).await?;
            return Ok(ended);
        }
        if is_gone(pair, mode, key).await? {
            return Ok(None);
        }
    }
}

/// Whether the follower has no session under a key either under which the lead had none to end. One
/// that it has is the lead's by now, and not ended yet: it may just have been created.
async fn is_gone(pair: &Pair, mode: Mode, key: &SessionKey) -> Result<bool, BackendError> {
    let aligned = match pair.store(mode.follower_side()).load(key).await {
        Ok(Loaded::Missing(_)) => return Ok(true),
        Ok(Loaded::Found(_)) => align(pair, mode, key).await,
        Err(error) => Err(error),
    };
    match aligned {
        Ok(Aligned::Gone(_)) => Ok(true),
        Ok(Aligned::Kept(_) | Aligned::Yielded(_)) => Ok(false),
        Err(_) => make_up_for(pair, mode, Missed::end(key)).await.map(|_| true),
    }
}

/// The end of a session, under the key that was asked for and the one that it had.
fn ends(key: &SessionKey, ended: Option<&Found>) -> impl Iterator<Item = SessionKey> {
    let other = ended.map(|found| found.key).filter(|other| other != key);
    [*key].into_iter().chain(other)
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
