use super::super::Mode;
use super::super::align::{Aligned, align};
use super::super::pair::Pair;
use super::stop::{Stop, led};
use crate::backend::{Backend, BackendError, Loaded, Missing, SessionKey};

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
    match loaded == Loaded::Missing(Missing::Absent) && mode.is_in_step() {
        true => Ok(remember(pair, mode, key).await),
        false => Ok(loaded),
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
