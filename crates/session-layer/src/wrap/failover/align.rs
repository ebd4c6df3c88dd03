use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::journal;
use super::pair::Pair;
use super::retire::retire;
use super::store::Store;
use super::{Mode, Side};
use crate::backend::{
    Backend, BackendError, BackendErrorKind, Change, Found, Loaded, Missing, Record, SessionKey,
    Updated,
};

/// What came of making both stores say the same about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Aligned {
    /// The follower has what the lead has.
    Kept(Found),
    /// The lead has what the follower had, which was newer.
    Yielded(Found),
    /// There is no session, in neither.
    Gone(Missing),
}

/// Makes both stores say the same about a key. An end beats everything, then a higher version;
/// of two with the same version the one that somebody was promised, and that is the lead's unless
/// it was noted that the lead had missed it.
pub(super) async fn align(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
) -> Result<Aligned, BackendError> {
    for _ in 0..ATTEMPTS {
        if let Some(aligned) = try_align(pair, mode, key).await? {
            return Ok(aligned);
        }
    }
    Err(BackendError::new(BackendErrorKind::Timeout))
}

/// More than others can come in between.
const ATTEMPTS: u32 = 20;

/// None if somebody has changed the session meanwhile.
async fn try_align(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
) -> Result<Option<Aligned>, BackendError> {
    let (lead, follower) = (pair.store(mode.lead), pair.store(mode.follower_side()));
    let (led, followed) = tokio::join!(lead.load(key), follower.load(key));
    match (led?, followed?) {
        (Loaded::Found(led), Loaded::Found(followed)) => both(pair, mode, key, led, followed).await,
        (Loaded::Found(led), Loaded::Missing(_)) => match give(follower, &led).await? {
            Given::There => kept(pair, mode, led).await.map(Some),
            Given::Ended => end(lead, &led.key, Missing::Absent).await,
            Given::Changed => Ok(None),
        },
        // What the lead lacks while the follower catches up was ended meanwhile; else it may have
        // lost its memory.
        (Loaded::Missing(Missing::Absent), Loaded::Found(followed)) if mode.is_in_step() => {
            match give(lead, &followed).await? {
                Given::There => Ok(Some(Aligned::Yielded(followed))),
                Given::Ended => end(follower, &followed.key, Missing::Absent).await,
                // The lead has forgotten only that the key leads there.
                Given::Changed if followed.key != *key => {
                    Box::pin(align(pair, mode, &followed.key)).await.map(Some)
                }
                Given::Changed => Ok(None),
            }
        }
        (Loaded::Missing(missing), Loaded::Found(followed)) if followed.key == *key => {
            end(follower, key, missing).await
        }
        // What the key still leads to there has a key of its own.
        (Loaded::Missing(missing), Loaded::Found(_)) => Ok(Some(Aligned::Gone(missing))),
        (Loaded::Missing(missing), Loaded::Missing(_)) => Ok(Some(Aligned::Gone(missing))),
    }
}

/// What became of a session that a store was given, for it had none.
enum Given {
    There,
    /// It was ended there.
    Ended,
    /// There is another one now.
    Changed,
}

async fn give(store: &impl Backend, found: &Found) -> Result<Given, BackendError> {
    if store.restore(&found.key, &found.record).await? {
        return Ok(Given::There);
    }
    Ok(match store.load(&found.key).await? {
        Loaded::Missing(_) => Given::Ended,
        Loaded::Found(_) => Given::Changed,
    })
}

async fn end(
    store: &impl Backend,
    key: &SessionKey,
    missing: Missing,
) -> Result<Option<Aligned>, BackendError> {
    store.delete(key).await?;
    Ok(Some(Aligned::Gone(missing)))
}

async fn both(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    led: Found,
    followed: Found,
) -> Result<Option<Aligned>, BackendError> {
    let (lead, follower) = (pair.store(mode.lead), pair.store(mode.follower_side()));
    if led.key != followed.key {
        return moved(pair, mode, key, led, &followed).await;
    }
    if led.record.payload == followed.record.payload
        && led.record.version == followed.record.version
    {
        return Ok(Some(Aligned::Kept(led)));
    }
    if !is_newer(pair, mode, key, &followed, &led).await? {
        return match follower.restore(&led.key, &led.record).await? {
            true => kept(pair, mode, led).await.map(Some),
            false => Ok(None),
        };
    }
    if followed.record.version > led.record.version {
        if is_on_its_way(lead, &led).await? {
            return Ok(None);
        }
        let given = lead.restore(&followed.key, &followed.record).await?;
        return Ok(given.then_some(Aligned::Yielded(followed)));
    }
    // Who has read what the lead has needs to notice: it is changed, and not replaced.
    let change = Change {
        version: led.record.version,
        payload: followed.record.payload.clone(),
        lifetime: None,
    };
    let Updated::Done(version) = lead.update(&led.key, &change).await? else {
        return Ok(None);
    };
    let newer = Found { record: Record { version, ..followed.record }, ..followed };
    let given = follower.restore(&newer.key, &newer.record).await?;
    Ok(given.then_some(Aligned::Yielded(newer)))
}

/// Whether the lead gets another version in the time that a write may take. What only the follower has
/// may be half of a write that is under way: if the lead were given it, who writes would be told of a
/// conflict with their own change, and make it once more.
async fn is_on_its_way(lead: &Store, led: &Found) -> Result<bool, BackendError> {
    let (deadline, mut pause) = (lead.deadline(), Duration::from_millis(1));
    loop {
        match lead.load(&led.key).await? {
            Loaded::Found(now) if now.record.version == led.record.version => {}
            _ => return Ok(true),
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        sleep_until(deadline.min(Instant::now() + pause)).await;
        pause *= 2;
    }
}

/// One of them was renewed where the other one was not, or not yet. What only the follower did was
/// never acknowledged.
async fn moved(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    led: Found,
    followed: &Found,
) -> Result<Option<Aligned>, BackendError> {
    if led.key == *key {
        return Ok(Some(Aligned::Kept(led)));
    }
    let follower = pair.store(mode.follower_side());
    follower.restore(&led.key, &led.record).await?;
    match retire(follower, &followed.key).await? {
        true => kept(pair, mode, led).await.map(Some),
        false => Ok(None),
    }
}

/// The follower was given what the lead has; unless that was ended meanwhile, with nothing to end
/// there.
async fn kept(pair: &Pair, mode: Mode, led: Found) -> Result<Aligned, BackendError> {
    match pair.store(mode.lead).load(&led.key).await? {
        Loaded::Found(_) => Ok(Aligned::Kept(led)),
        Loaded::Missing(missing) => {
            pair.store(mode.follower_side()).delete(&led.key).await?;
            Ok(Aligned::Gone(missing))
        }
    }
}

async fn is_newer(
    pair: &Pair,
    mode: Mode,
    key: &SessionKey,
    followed: &Found,
    led: &Found,
) -> Result<bool, BackendError> {
    if followed.record.version != led.record.version {
        return Ok(followed.record.version > led.record.version);
    }
    let (lead, follower) = (pair.store(mode.lead), pair.store(mode.follower_side()));
    Ok(match mode.lead {
        Side::Primary => journal::has(follower, key).await?,
        Side::Backup => !journal::has(lead, key).await?,
    })
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::super::Follower;
    use super::super::pair::testing::{change, create, found, pair, renew};
    use super::*;

    const BACKUP_LEADS: Mode = Mode { lead: Side::Backup, follower: Follower::CatchingUp };

    /// Two that were changed to something else at the same time.
    async fn torn() -> (Pair, SessionKey) {
        let (pair, key) = (pair(), SessionKey::of_id("a"));
        for (side, content) in [(Side::Primary, "primary"), (Side::Backup, "backup")] {
            create(pair.store(side), &key).await;
            assert_eq!(change(pair.store(side), &key, 1, content).await, Updated::Done(2));
        }
        (pair, key)
    }

    async fn both_have(pair: &Pair, key: &SessionKey, version: u64, content: &str) {
        for side in [Side::Primary, Side::Backup] {
            let record = found(pair.store(side), key).await.record;
            assert_eq!((record.version, record.payload.as_bytes()), (version, content.as_bytes()));
        }
    }

    #[tokio::test]
    async fn of_two_changes_of_the_same_version_the_primarys_stays() {
        let (pair, key) = torn().await;
        align(&pair, Mode::NORMAL, &key).await.unwrap();
        both_have(&pair, &key, 2, "primary").await;
    }

    #[tokio::test]
    async fn who_has_read_what_a_lead_gave_up_gets_a_conflict() {
        let (pair, key) = torn().await;
        let aligned = align(&pair, BACKUP_LEADS, &key).await.unwrap();
        assert!(matches!(aligned, Aligned::Yielded(_)), "{aligned:?}");
        both_have(&pair, &key, 3, "primary").await;
        for side in [Side::Primary, Side::Backup] {
            let late = change(pair.store(side), &key, 2, "late").await;
            assert!(matches!(late, Updated::Conflict(_)), "{late:?}");
        }
    }

    #[tokio::test]
    async fn what_is_noted_stays_whoever_leads() {
        let (pair, key) = torn().await;
        journal::note(pair.store(Side::Backup), journal::Missed::change(&key)).await.unwrap();
        align(&pair, BACKUP_LEADS, &key).await.unwrap();
        both_have(&pair, &key, 2, "backup").await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_on_its_way_to_the_lead_is_not_taken_there_by_others() {
        let (pair, key) = (pair(), SessionKey::of_id("a"));
        for side in [Side::Primary, Side::Backup] {
            create(pair.store(side), &key).await;
        }
        change(pair.store(Side::Backup), &key, 1, "mine").await;
        let arrives = async {
            sleep(Duration::from_millis(50)).await;
            change(pair.store(Side::Primary), &key, 1, "mine").await
        };
        let (aligned, changed) = tokio::join!(align(&pair, Mode::NORMAL, &key), arrives);
        assert_eq!(changed, Updated::Done(2), "it is no conflict with itself");
        assert!(matches!(aligned, Ok(Aligned::Kept(_))), "{aligned:?}");
        both_have(&pair, &key, 2, "mine").await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_lead_has_lost_it_is_given_when_no_write_can_be_under_way() {
        let (pair, key) = (pair(), SessionKey::of_id("a"));
        for side in [Side::Primary, Side::Backup] {
            create(pair.store(side), &key).await;
        }
        change(pair.store(Side::Backup), &key, 1, "kept").await;
        let aligned = align(&pair, Mode::NORMAL, &key).await.unwrap();
        assert!(matches!(aligned, Aligned::Yielded(_)), "{aligned:?}");
        both_have(&pair, &key, 2, "kept").await;
    }

    /// A session of which only the backup knows that another key leads to it, too.
    async fn renewed_at_the_backup(pair: &Pair, from: &SessionKey, to: &SessionKey) {
        create(pair.store(Side::Primary), to).await;
        create(pair.store(Side::Backup), from).await;
        renew(pair.store(Side::Backup), from, to).await;
    }

    #[tokio::test]
    async fn a_key_that_is_superseded_does_not_end_what_it_still_leads_to_elsewhere() {
        let (pair, [a, b]) = (pair(), ["a", "b"].map(SessionKey::of_id));
        renewed_at_the_backup(&pair, &a, &b).await;
        create(pair.store(Side::Primary), &a).await;
        retire(pair.store(Side::Primary), &a).await.unwrap();
        let aligned = align(&pair, Mode::NORMAL, &a).await.unwrap();
        assert!(matches!(aligned, Aligned::Gone(Missing::Superseded)), "{aligned:?}");
        found(pair.store(Side::Backup), &b).await;
    }

    #[tokio::test]
    async fn a_key_that_the_lead_has_forgotten_leads_to_where_the_follower_says() {
        let (pair, [a, b]) = (pair(), ["a", "b"].map(SessionKey::of_id));
        renewed_at_the_backup(&pair, &a, &b).await;
        for version in [1, 2] {
            change(pair.store(Side::Primary), &b, version, "new").await;
        }
        let aligned = align(&pair, Mode::NORMAL, &a).await.unwrap();
        assert!(matches!(aligned, Aligned::Kept(_)), "{aligned:?}");
        both_have(&pair, &b, 3, "new").await;
    }

    #[tokio::test]
    async fn a_session_that_has_moved_is_found_where_it_went() {
        let (pair, [a, b]) = (pair(), ["a", "b"].map(SessionKey::of_id));
        for side in [Side::Primary, Side::Backup] {
            create(pair.store(side), &a).await;
        }
        renew(pair.store(Side::Primary), &a, &b).await;
        align(&pair, Mode::NORMAL, &a).await.unwrap();
        found(pair.store(Side::Backup), &b).await;
    }
}
