use super::super::Mode;
use super::super::align::{Aligned, align};
use super::super::pair::Pair;
use crate::backend::{Backend, BackendError, Found, UserId};
use std::time::{Duration, SystemTime};

/// Those of which only the follower knows are remembered, or ended.
pub(in super::super) async fn of_user(
    pair: &Pair,
    mode: Mode,
    user: &UserId,
) -> Result<Vec<Found>, BackendError> {
    let (lead, follower) = (pair.store(mode.lead), pair.store(mode.follower_side()));
    if !mode.is_in_step() {
        return lead.of_user(user).await;
    }
    let (led, followed) = tokio::join!(lead.of_user(user), follower.of_user(user));
    let mut led = led?;
    for found in followed.unwrap_or_default() {
        let is_known = led.iter().any(|known| known.key == found.key);
        if !is_known
            && !may_be_in_flight(&found)
            && let Ok(Aligned::Yielded(found)) = align(pair, mode, &found.key).await
        {
            led.push(found);
        }
    }
    led.sort_by_key(|found| found.record.created);
    Ok(led)
}

/// Whether the lead may just be about to create it.
fn may_be_in_flight(found: &Found) -> bool {
    let age = SystemTime::now().duration_since(found.record.created);
    age.unwrap_or_default() < IN_FLIGHT
}

/// Longer than a creation takes, and than clocks are apart.
const IN_FLIGHT: Duration = Duration::from_secs(10);
