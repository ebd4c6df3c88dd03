use super::super::align::{Aligned, align};
use super::super::pair::Pair;
use super::super::{Mode, Side};
use super::stop::{Stop, led};
use crate::backend::{Backend, BackendError, Found, Loaded, Missing, SessionKey};

pub(in super::super) async fn load(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
) -> Result<Loaded, Stop> {
    let answer = pair.store(mode.lead).load(key).await;
    complete(pair, mode, key, answer).await
}

/// What the lead's replicas have is enough.
pub(in super::super) async fn load_stale(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
) -> Result<Loaded, Stop> {
    let answer = pair.store(mode.lead).load_stale(key).await;
    complete(pair, mode, key, answer).await
}

async fn complete(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    answer: Result<Loaded, BackendError>,
) -> Result<Loaded, Stop> {
    let loaded = led(pair, mode, answer).await?;
    if !mode.is_in_step() {
        return Ok(loaded);
    }
    Ok(match loaded {
        Loaded::Missing(Missing::Absent) => remember(pair, mode, key).await,
        Loaded::Found(found) if pair.is_doubted(&found.key) => recall(pair, mode, found).await,
        loaded => loaded,
    })
}

/// A primary that has failed may have come back with what it had a moment before.
async fn recall(pair: &Pair, mode: Mode, found: Found) -> Loaded {
    let doubts = pair.store(Side::Primary).doubts();
    match align(pair, mode, &found.key).await {
        Ok(Aligned::Yielded(found) | Aligned::Kept(found)) => {
            pair.vouch(&found.key, doubts);
            Loaded::Found(found)
        }
        Ok(Aligned::Gone(missing)) => Loaded::Missing(missing),
        Err(_) => {
            // Nobody else is to wait for it.
            pair.judge(mode.follower_side()).await;
            Loaded::Found(found)
        }
    }
}

/// What the lead does not have the other one may have: a store may have lost its memory.
async fn remember(pair: &Pair, mode: Mode, key: &SessionKey) -> Loaded {
    let absent = Loaded::Missing(Missing::Absent);
    match pair.store(mode.follower_side()).load(key).await {
        Ok(Loaded::Found(_)) => {}
        Ok(Loaded::Missing(_)) | Err(_) => return absent,
    }
    match align(pair, mode, key).await {
        Ok(Aligned::Yielded(found) | Aligned::Kept(found)) => Loaded::Found(found),
        Ok(Aligned::Gone(_)) | Err(_) => absent,
    }
}
