use super::super::align::align;
use super::super::journal::Missed;
use super::super::pair::Pair;
use super::super::{Follower, Mode};
use super::make_up_for::make_up_for;
use crate::backend::{Backend, BackendError, Record, SessionKey};

pub(in super::super) async fn restore(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    record: &Record,
) -> Result<bool, BackendError> {
    let (lead, follower) = (pair.store(mode.lead), pair.store(mode.follower_side()));
    let restored = match lead.restore(key, record).await {
        Ok(restored) => restored,
        Err(error) => {
            pair.judge(mode.lead).await;
            return Err(error);
        }
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
        Err(_) => make_up_for(pair, mode, Missed::change(key)).await.map(|_| true),
    }
}
