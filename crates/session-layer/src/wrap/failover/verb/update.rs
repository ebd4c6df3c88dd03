use std::sync::Arc;

use super::super::align::{Aligned, align};
use super::super::journal::Missed;
use super::super::pair::Pair;
use super::super::send::Sending;
use super::super::{Follower, Mode, Side};
use super::leap::leap;
use super::make_up_for::make_up_for;
use super::stop::{Stop, led};
use crate::backend::{
    Backend, BackendError, BackendErrorKind, Change, Found, Missing, SessionKey, Updated,
};

pub(in super::super) async fn update(
    pair: &Arc<Pair>,
    mode: Mode,
    key: &SessionKey,
    change: &Change,
    halfway: &mut Halfway,
) -> Result<Updated, Stop> {
    let write = Write { pair, mode, key, change };
    loop {
        match write.run(halfway).await? {
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

/// An update in one mode.
struct Write<'a> {
    pair: &'a Arc<Pair>,
    mode: Mode,
    key: &'a SessionKey,
    change: &'a Change,
}

impl Write<'_> {
    async fn run(&self, halfway: &mut Halfway) -> Result<Updated, Stop> {
        match self.mode {
            Mode { follower: Follower::Away, .. } => self.alone().await,
            Mode::NORMAL if self.pair.unsent().is_some() => self.ahead().await,
            // One that may lag is never ahead.
            Mode { lead: Side::Primary, .. } if self.pair.unsent().is_none() => {
                self.at_once(halfway).await
            }
            // Where others may believe that the primary leads, it is not given what may not last.
            Mode { .. } => self.in_turn().await,
        }
    }

    async fn alone(&self) -> Result<Updated, Stop> {
        let note = self.pair.note(self.mode.lead, self.missed());
        let (updated, noted) = tokio::join!(self.at_lead(), note);
        let updated = led(self.pair, self.mode, updated).await?;
        noted?;
        Ok(updated)
    }

    async fn at_once(&self, halfway: &mut Halfway) -> Result<Updated, Stop> {
        let (lead, follower) = (self.mode.lead, self.mode.follower_side());
        let (updated, followed) = tokio::join!(self.at(lead), self.at(follower));
        if let (Err(_), Ok(Updated::Done(version))) = (&updated, &followed) {
            *halfway = Halfway(Some(*version));
        }
        let updated = led(self.pair, self.mode, updated).await?;
        Ok(self.agree(updated, followed.ok()).await?)
    }

    /// The backup gets it later, if it may lag by that.
    async fn ahead(&self) -> Result<Updated, Stop> {
        let updated = match Sending::begin(self.pair, self.key, self.change.version) {
            Some(sending) => self.sent(sending).await?,
            None => self.vouched().await?,
        };
        match updated {
            // It may have lost its memory.
            Updated::Missing(Missing::Absent) => Ok(self.settle(updated, None, true).await?),
            updated => Ok(updated),
        }
    }

    async fn sent(&self, sending: Sending) -> Result<Updated, Stop> {
        let answer = self.at_lead().await;
        match &answer {
            Ok(Updated::Done(_)) => sending.go(self.change.clone()),
            _ => drop(sending),
        }
        led(self.pair, self.mode, answer).await
    }

    /// The next one of this session may be acknowledged before the backup has it.
    async fn vouched(&self) -> Result<Updated, Stop> {
        let doubts = self.pair.store(Side::Primary).doubts();
        let updated = self.in_turn().await?;
        if matches!(updated, Updated::Done(_)) {
            self.pair.vouch(self.key, doubts);
        }
        Ok(updated)
    }

    async fn in_turn(&self) -> Result<Updated, Stop> {
        let updated = led(self.pair, self.mode, self.at_lead().await).await?;
        if !matches!(updated, Updated::Done(_)) {
            return Ok(updated);
        }
        let followed = self.at(self.mode.follower_side()).await;
        Ok(self.agree(updated, followed.ok()).await?)
    }

    async fn at_lead(&self) -> Result<Updated, BackendError> {
        match self.mode.lead {
            Side::Backup if self.pair.unsent().is_some() => {
                // A version that only the backup has is not to be met by others of the primary.
                self.pair.diverge();
                leap(self.pair.store(Side::Backup), self.key, self.change).await
            }
            lead => self.at(lead).await,
        }
    }

    async fn at(&self, side: Side) -> Result<Updated, BackendError> {
        self.pair.store(side).update(self.key, self.change).await
    }

    fn missed(&self) -> Missed {
        Missed::change(self.key)
    }

    /// What it came to, after the stores were made to say the same if they have not.
    async fn agree(
        &self,
        led: Updated,
        followed: Option<Updated>,
    ) -> Result<Updated, BackendError> {
        if followed.as_ref().is_some_and(|followed| is_same(&led, followed)) {
            return Ok(led);
        }
        let answered = followed.is_some();
        self.settle(led, followed.as_ref(), answered).await
    }

    /// What it came to, after the stores were made to say the same.
    async fn settle(
        &self,
        led: Updated,
        followed: Option<&Updated>,
        answers: bool,
    ) -> Result<Updated, BackendError> {
        Ok(match self.aligned(&led, answers).await? {
            None => led,
            Some(aligned) => self.decide(led, followed, aligned)?,
        })
    }

    /// What both have now. None if the follower has nothing yet, which is noted if it is missed.
    async fn aligned(
        &self,
        led: &Updated,
        answered: bool,
    ) -> Result<Option<Aligned>, BackendError> {
        if answered && let Ok(aligned) = align(self.pair, self.mode, self.key).await {
            return Ok(Some(aligned));
        }
        match led {
            Updated::Done(_) => make_up_for(self.pair, self.mode, self.missed()).await,
            _ => Ok(None),
        }
    }

    fn decide(
        &self,
        led: Updated,
        followed: Option<&Updated>,
        aligned: Aligned,
    ) -> Result<Updated, BackendError> {
        let has = |found: &Found| found.record.payload == self.change.payload;
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
            // The follower may have made the change, and somebody that of it: it is not to be made
            // again.
            (Updated::Done(version), Aligned::Yielded(found))
                if followed.is_none() && found.record.version > version =>
            {
                return Err(BackendError::new(BackendErrorKind::Unavailable));
            }
            // It was ended thereafter.
            (Updated::Done(version), Aligned::Gone(_)) => Updated::Done(version),
            (_, Aligned::Kept(found) | Aligned::Yielded(found)) => Updated::Conflict(found),
            (_, Aligned::Gone(missing)) => Updated::Missing(missing),
        })
    }
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::pair::testing::{change, create, found, pair};
    use super::*;
    use crate::backend::Payload;

    #[tokio::test]
    async fn a_primary_takes_the_place_of_no_backup_that_has_leapt() {
        let pair = Arc::new(pair().lagging(Duration::from_secs(1)));
        let mode = Mode { lead: Side::Backup, follower: Follower::CatchingUp };
        let key = SessionKey::of_id("a");
        for side in [Side::Primary, Side::Backup] {
            create(pair.store(side), &key).await;
        }
        assert!(!pair.has_diverged());
        let change = Change { version: 1, payload: Payload::from_bytes("a"), lifetime: None };
        let updated = update(&pair, mode, &key, &change, &mut Halfway::default()).await;
        assert!(matches!(updated, Ok(Updated::Done(version)) if version > 1 << 24), "{updated:?}");
        assert!(pair.has_diverged());
    }

    /// The follower's answer to the first change is lost, and another client reads that change and
    /// makes a second one of it, which only the follower has yet.
    #[tokio::test(start_paused = true)]
    async fn a_change_that_another_one_may_be_made_of_is_not_to_be_made_again() {
        let (pair, key) = (Arc::new(pair()), SessionKey::of_id("a"));
        for side in [Side::Primary, Side::Backup] {
            create(pair.store(side), &key).await;
            assert_eq!(change(pair.store(side), &key, 1, "first").await, Updated::Done(2));
        }
        change(pair.store(Side::Backup), &key, 2, "first, second").await;
        let payload = Payload::from_bytes(b"first".to_vec());
        let change = Change { version: 1, payload, lifetime: None };
        let write = Write { pair: &pair, mode: Mode::NORMAL, key: &key, change: &change };
        let outcome = write.agree(Updated::Done(2), None).await;
        assert_eq!(outcome.unwrap_err().kind(), BackendErrorKind::Unavailable);
        for side in [Side::Primary, Side::Backup] {
            let record = found(pair.store(side), &key).await.record;
            assert_eq!(record.payload.as_bytes(), b"first, second");
        }
    }
}
