use super::super::align::{Aligned, align};
use super::super::journal::Missed;
use super::super::pair::Pair;
use super::super::{Follower, Mode, Side};
use super::make_up_for::make_up_for;
use super::stop::{Stop, led};
use crate::backend::{Backend, BackendError, Change, Found, SessionKey, Updated};

pub(in super::super) async fn update(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    change: &Change,
    halfway: &mut Halfway,
) -> Result<Updated, Stop> {
    loop {
        match try_update(pair, mode, key, change, halfway).await? {
            // It was created, or remembered, in between.
            Updated::Conflict(found)
                if found.key == *key && found.record.version == change.version => {}
            Updated::Conflict(found) if halfway.is(&found, key, change) => {
                return Ok(Updated::Done(found.record.version));
            }
            updated => return Ok(updated),
        }
    }
}

/// Which version the follower has made of the change when the lead was lost, if it has.
#[derive(Debug, Default)]
pub(in super::super) struct Halfway(Option<u64>);

impl Halfway {
    /// Whether a session is what the change has made of it then.
    fn is(&self, found: &Found, key: &SessionKey, change: &Change) -> bool {
        let Found { key: found, record } = found;
        self.0 == Some(record.version) && found == key && record.payload == change.payload
    }
}

async fn try_update(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    change: &Change,
    halfway: &mut Halfway,
) -> Result<Updated, Stop> {
    match mode {
        Mode { follower: Follower::Away, .. } => update_alone(pair, mode, key, change).await,
        Mode { lead: Side::Primary, .. } => update_both(pair, mode, key, change, halfway).await,
        // Where others may believe that the primary leads, it is not given what may not last.
        Mode { lead: Side::Backup, .. } => update_in_turn(pair, mode, key, change).await,
    }
}

async fn update_alone(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    change: &Change,
) -> Result<Updated, Stop> {
    let (lead, missed) = (pair.store(mode.lead), Missed::change(key));
    let (updated, noted) = tokio::join!(lead.update(key, change), pair.note(mode.lead, missed));
    let updated = led(pair, mode, updated).await?;
    noted?;
    Ok(updated)
}

async fn update_both(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    change: &Change,
    halfway: &mut Halfway,
) -> Result<Updated, Stop> {
    let (lead, follower) = (pair.store(mode.lead), pair.store(mode.follower_side()));
    let (updated, followed) = tokio::join!(lead.update(key, change), follower.update(key, change));
    if let (Err(_), Ok(Updated::Done(version))) = (&updated, &followed) {
        *halfway = Halfway(Some(*version));
    }
    let updated = led(pair, mode, updated).await?;
    Ok(agree(pair, mode, key, change, updated, followed.ok()).await?)
}

async fn update_in_turn(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    change: &Change,
) -> Result<Updated, Stop> {
    let updated = led(pair, mode, pair.store(mode.lead).update(key, change).await).await?;
    if !matches!(updated, Updated::Done(_)) {
        return Ok(updated);
    }
    let followed = pair.store(mode.follower_side()).update(key, change).await;
    Ok(agree(pair, mode, key, change, updated, followed.ok()).await?)
}

/// What an update came to, after the stores were made to say the same if they have not.
async fn agree(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    change: &Change,
    led: Updated,
    followed: Option<Updated>,
) -> Result<Updated, BackendError> {
    let aligned = match &followed {
        Some(followed) if is_same(&led, followed) => return Ok(led),
        Some(_) => align(pair, mode, key).await.ok(),
        None => None,
    };
    let aligned = match (&led, aligned) {
        (_, Some(aligned)) => Some(aligned),
        (Updated::Done(_), None) => make_up_for(pair, mode, Missed::change(key)).await?,
        _ => None,
    };
    let Some(aligned) = aligned else { return Ok(led) };
    let has = |found: &Found| found.record.payload == change.payload;
    Ok(match (led, aligned) {
        // Or what others have made of it.
        (Updated::Done(version), Aligned::Kept(found))
            if found.record.version > version || has(&found) =>
        {
            Updated::Done(version)
        }
        // What the follower has made of it is what both have now.
        (_, Aligned::Yielded(found))
            if matches!(followed, Some(Updated::Done(_))) && has(&found) =>
        {
            Updated::Done(found.record.version)
        }
        // It was ended thereafter.
        (Updated::Done(version), Aligned::Gone(_)) => Updated::Done(version),
        (_, Aligned::Kept(found) | Aligned::Yielded(found)) => Updated::Conflict(found),
        (_, Aligned::Gone(missing)) => Updated::Missing(missing),
    })
}

fn is_same(led: &Updated, followed: &Updated) -> bool {
    match (led, followed) {
        (Updated::Done(version), Updated::Done(same)) => version == same,
        (Updated::Missing(_), Updated::Missing(_)) => true,
        (Updated::Conflict(found), Updated::Conflict(same)) => {
            found.key == same.key
                && found.record.version == same.record.version
                && found.record.payload == same.record.payload
        }
        _ => false,
    }
}
