use super::super::align::{Aligned, align};
use super::super::pair::Pair;
use super::super::{Follower, Mode};
use super::stop::{Stop, led};
use crate::backend::{Backend, SessionKey};

/// A touch that one store has missed is no loss. It is a chance to see that one lacks the session.
pub(in super::super) async fn touch(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
) -> Result<bool, Stop> {
    let (lead, follower) = (pair.store(mode.lead), pair.store(mode.follower_side()));
    if mode.follower == Follower::Away {
        return led(pair, mode, lead.touch(key).await).await;
    }
    let (touched, followed) = tokio::join!(lead.touch(key), follower.touch(key));
    let touched = led(pair, mode, touched).await?;
    match followed {
        Ok(followed) if followed == touched && !may_lack(pair, mode) => Ok(touched),
        Ok(_) => {
            let aligned = align(pair, mode, key).await;
            Ok(touched || matches!(aligned, Ok(Aligned::Yielded(_))))
        }
        Err(_) => {
            pair.judge(mode.follower_side()).await;
            Ok(touched)
        }
    }
}

/// Whether the follower may lack a change: who has made it may have ended before it was sent.
fn may_lack(pair: &Pair, mode: Mode) -> bool {
    pair.unsent().is_some() && mode == Mode::NORMAL
}
