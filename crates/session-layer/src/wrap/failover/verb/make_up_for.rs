use super::super::Mode;
use super::super::catch_up::make_up;
use super::super::journal::Missed;
use super::super::pair::{Pair, Verdict};
use crate::backend::{BackendError, BackendErrorKind};

/// Sees to it that the follower gets what it has just missed: now, or when it is noted.
pub(super) async fn make_up_for(
    pair: &Pair,
    mode: Mode,
    missed: Missed,
) -> Result<(), BackendError> {
    for _ in 0..ATTEMPTS {
        if pair.judge(mode.follower_side()).await != Verdict::Alive {
            break;
        }
        if make_up(pair, mode, mode.lead, missed).await.is_ok() {
            return Ok(());
        }
    }
    // Somebody else has found the lead gone: what it has done may never come to light.
    if pair.mode().await?.lead != mode.lead {
        return Err(BackendError::new(BackendErrorKind::Unavailable));
    }
    pair.note(mode.lead, missed).await
}

const ATTEMPTS: u32 = 3;

/// An error, after it was found out whether the lead is there.
pub(super) async fn failed(pair: &Pair, mode: Mode, error: BackendError) -> BackendError {
    pair.judge(mode.lead).await;
    error
}
