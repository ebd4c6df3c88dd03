use super::super::align::{Aligned, align};
use super::super::journal::Missed;
use super::super::pair::{Pair, Verdict};
use super::super::{Follower, Mode, Side};
use super::make_up_for::{failed, make_up_for};
use crate::backend::{Backend, BackendError, Change, Found, SessionKey, Updated};

pub(in super::super) async fn update(
    pair: &Pair,
    key: &SessionKey,
    change: &Change,
) -> Result<Updated, BackendError> {
    loop {
        match try_update(pair, key, change).await? {
            // It was created, or remembered, in between.
            Updated::Conflict(found)
                if found.key == *key && found.record.version == change.version => {}
            updated => return Ok(updated),
        }
    }
}

async fn try_update(
    pair: &Pair,
    key: &SessionKey,
    change: &Change,
) -> Result<Updated, BackendError> {
    let mode = pair.mode().await?;
    let (lead, follower) = (pair.store(mode.lead), pair.store(mode.follower_side()));
    if mode.follower == Follower::Away {
        let missed = Missed::change(key);
        let (updated, noted) = tokio::join!(lead.update(key, change), pair.note(mode.lead, missed));
        return match updated {
            Ok(updated) => noted.map(|()| updated),
            Err(error) => Err(failed(pair, mode, error).await),
        };
    }
    let (led, followed) = tokio::join!(lead.update(key, change), follower.update(key, change));
    match (led, followed) {
        (Ok(Updated::Done(version)), Ok(Updated::Done(same))) if version == same => {
            Ok(Updated::Done(version))
        }
        (Ok(Updated::Missing(missing)), Ok(Updated::Missing(_))) => Ok(Updated::Missing(missing)),
        (Ok(Updated::Conflict(found)), Ok(Updated::Conflict(same))) if is_same(&found, &same) => {
            Ok(Updated::Conflict(found))
        }
        (Ok(led), followed) => agree(pair, mode, key, change, led, followed.ok()).await,
        (Err(error), Ok(followed)) => match pair.judge(mode.lead).await {
            Verdict::Gone => alone(pair, mode.follower_side(), key, followed).await,
            Verdict::Alive | Verdict::Hopeless => Err(error),
        },
        (Err(error), Err(_)) => Err(failed(pair, mode, error).await),
    }
}

/// What an update came to when the stores have not said the same.
async fn agree(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    change: &Change,
    led: Updated,
    followed: Option<Updated>,
) -> Result<Updated, BackendError> {
    let aligned = match followed {
        Some(_) => align(pair, mode, key).await.ok(),
        None => None,
    };
    let Some(aligned) = aligned else {
        if let Updated::Done(_) = led {
            make_up_for(pair, mode, Missed::change(key)).await?;
        }
        return Ok(led);
    };
    Ok(match (led, aligned) {
        (Updated::Done(version), Aligned::Kept(found)) if is_of(&found, version, change) => {
            Updated::Done(version)
        }
        (Updated::Conflict(_) | Updated::Missing(_), Aligned::Yielded(found))
            if followed == Some(Updated::Done(found.record.version)) =>
        {
            Updated::Done(found.record.version)
        }
        // It was ended thereafter.
        (Updated::Done(version), Aligned::Gone(_)) => Updated::Done(version),
        (_, Aligned::Kept(found) | Aligned::Yielded(found)) => Updated::Conflict(found),
        (_, Aligned::Gone(missing)) => Updated::Missing(missing),
    })
}

/// Whether the session is what this change has made of it, or what others have made of that.
fn is_of(found: &Found, version: u64, change: &Change) -> bool {
    found.record.version > version || found.record.payload == change.payload
}

/// What was done by one store alone counts, once it is noted.
async fn alone(
    pair: &Pair,
    side: Side,
    key: &SessionKey,
    updated: Updated,
) -> Result<Updated, BackendError> {
    if let Updated::Done(_) = updated {
        pair.note(side, Missed::change(key)).await?;
    }
    Ok(updated)
}

fn is_same(one: &Found, other: &Found) -> bool {
    one.key == other.key
        && one.record.version == other.record.version
        && one.record.payload == other.record.payload
}
