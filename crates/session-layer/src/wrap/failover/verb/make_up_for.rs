use super::super::Mode;
use super::super::align::Aligned;
use super::super::catch_up::make_up;
use super::super::journal::Missed;
use super::super::pair::{Pair, Verdict};
use crate::backend::{BackendError, BackendErrorKind};

/// Sees to it that the follower gets what it has just missed: now, or when it is noted. Of a change
/// that was made up for now, what both have.
pub(super) async fn make_up_for(
    pair: &Pair,
    mode: Mode,
    missed: Missed,
) -> Result<Option<Aligned>, BackendError> {
    for _ in 0..ATTEMPTS {
        if pair.judge(mode.follower_side()).await != Verdict::Alive {
            break;
        }
        if let Ok(aligned) = make_up(pair, mode, mode.lead, missed).await {
            return Ok(aligned);
        }
    }
    // A backup that may lag is not kept from leading by what a lost primary has not acknowledged.
    if pair.unsent().is_some() {
        pair.judge(mode.lead).await;
    }
    // Somebody else has found the lead gone: what it has done may never come to light.
    if pair.mode().await?.lead != mode.lead {
        return Err(BackendError::new(BackendErrorKind::Unavailable));
    }
    pair.note(mode.lead, missed).await.map(|()| None)
}

const ATTEMPTS: u32 = 3;
