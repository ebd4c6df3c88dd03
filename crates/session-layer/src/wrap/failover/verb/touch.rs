use super::super::Follower;
use super::super::align::{Aligned, align};
use super::super::pair::{Pair, Verdict};
use crate::backend::{Backend, BackendError, SessionKey};

/// A touch that one store has missed is no loss. It is a chance to see that one lacks the session.
pub(in super::super) async fn touch(pair: &Pair, key: &SessionKey) -> Result<bool, BackendError> {
    let mode = pair.mode().await?;
    let (lead, follower) = (pair.store(mode.lead), pair.store(mode.follower_side()));
    if mode.follower == Follower::Away {
        return lead.touch(key).await;
    }
    match tokio::join!(lead.touch(key), follower.touch(key)) {
        (Ok(led), Ok(followed)) if led == followed => Ok(led),
        (Ok(led), Ok(_)) => {
            let aligned = align(pair, mode, key).await;
            Ok(led || matches!(aligned, Ok(Aligned::Yielded(_))))
        }
        (Ok(led), Err(_)) => {
            pair.judge(mode.follower_side()).await;
            Ok(led)
        }
        (Err(error), followed) => match pair.judge(mode.lead).await {
            Verdict::Gone => followed,
            Verdict::Alive | Verdict::Hopeless => Err(error),
        },
    }
}
