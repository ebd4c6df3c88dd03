use super::super::journal::Missed;
use super::super::pair::Pair;
use super::super::{Follower, Mode, Side};
use super::delete::{end_if_ended, follow_ends};
use super::make_up_for::make_up_for;
use super::stop::{Stop, led};
use crate::backend::{Backend, BackendError, Created, Draft, SessionKey};

/// One after the other, for the lead holds the cap.
pub(in super::super) async fn create(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    draft: &Draft,
) -> Result<Created, Stop> {
    let doubts = pair.store(Side::Primary).doubts();
    let created = led(pair, mode, pair.store(mode.lead).create(key, draft).await).await?;
    if mode.follower == Follower::Away {
        return Ok(note_creation(pair, mode.lead, key, created).await?);
    }
    if let Created::Done { ended } = &created {
        follow_creation(pair, mode, key, draft).await?;
        follow_ends(pair, mode, ended).await?;
        pair.vouch(key, doubts);
    }
    Ok(created)
}

async fn follow_creation(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    draft: &Draft,
) -> Result<(), BackendError> {
    let uncapped = Draft { cap: None, ..draft.clone() };
    match pair.store(mode.follower_side()).create(key, &uncapped).await {
        Ok(Created::Done { .. }) => end_if_ended(pair, mode, key).await,
        Ok(_) | Err(_) => make_up_for(pair, mode, Missed::change(key)).await.map(drop),
    }
}

/// Notes a creation, and what was ended for it.
async fn note_creation(
    pair: &Pair,
    side: Side,
    key: &SessionKey,
    created: Created,
) -> Result<Created, BackendError> {
    if let Created::Done { ended } = &created {
        pair.note(side, Missed::change(key)).await?;
        for ended in ended {
            pair.note(side, Missed::end(ended)).await?;
        }
    }
    Ok(created)
}
