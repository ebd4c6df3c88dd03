use super::super::Follower;
use super::super::align::align;
use super::super::journal::Missed;
use super::super::pair::Pair;
use super::make_up_for::{failed, make_up_for};
use crate::backend::{Backend, BackendError, Record, SessionKey};

pub(in super::super) async fn restore(
    pair: &Pair,
    key: &SessionKey,
    record: &Record,
) -> Result<bool, BackendError> {
    let mode = pair.mode().await?;
    let (lead, follower) = (pair.store(mode.lead), pair.store(mode.follower_side()));
    let restored = match lead.restore(key, record).await {
        Ok(restored) => restored,
        Err(error) => return Err(failed(pair, mode, error).await),
    };
    if !restored {
        return Ok(false);
    }
    if mode.follower == Follower::Away {
        return pair.note(mode.lead, Missed::change(key)).await.map(|()| true);
    }
    match follower.restore(key, record).await {
        Ok(true) => Ok(true),
        Ok(false) => align(pair, mode, key).await.map(|_| true),
        Err(_) => make_up_for(pair, mode, Missed::change(key)).await.map(|()| true),
    }
}
