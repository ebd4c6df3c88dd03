use super::super::Mode;
use super::super::align::{Aligned, align};
use super::super::pair::Pair;
use super::stop::{Stop, led};
use crate::backend::{Backend, Found, UserId};
use std::time::{Duration, SystemTime};

/// Those of which only the follower knows are remembered, or ended.
pub(in super::super) async fn of_user(
    pair: &Pair,
    mode: Mode,
    user: &UserId,
) -> Result<Vec<Found>, Stop> {
    let (lead, follower) = (pair.store(mode.lead), pair.store(mode.follower_side()));
    let (asked, followed) = match mode.is_in_step() {
        true => tokio::join!(lead.of_user(user), follower.of_user(user)),
        false => (lead.of_user(user).await, Ok(Vec::new())),
    };
    let mut known = led(pair, mode, asked).await?;
    for found in followed.unwrap_or_default() {
        let is_known = known.iter().any(|known| known.key == found.key);
        if !is_known
            && !may_be_in_flight(&found)
            && let Ok(Aligned::Yielded(found)) = align(pair, mode, &found.key).await
        {
            known.push(found);
        }
    }
    known.sort_by_key(|found| found.record.created);
    Ok(known)
}

/// Whether the lead may just be about to create it.
fn may_be_in_flight(found: &Found) -> bool {
    let age = SystemTime::now().duration_since(found.record.created);
    age.unwrap_or_default() < IN_FLIGHT
}

/// Longer than a creation takes, and than clocks are apart.
const IN_FLIGHT: Duration = Duration::from_secs(10);
