use tokio::time::Instant;

use super::super::fault::unexpected;
use super::super::lifetime::millis;
use super::super::stored::{beginning, lasting};
use super::Cluster;
use super::answer::Answer;
use super::newcomer::Newcomer;
use super::room::Welcome;
use super::step::{Left, Step, Taking};
use crate::backend::{
    BackendError, Found, Loaded, Record, Rotated, Rotation, RotationKind, SessionKey,
};

/// What came of an attempt.
enum Attempt {
    Done {
        ended: Vec<SessionKey>,
    },
    /// If the old session is still what it was.
    Refused(Rotated),
    /// Somebody has changed what was seen.
    Again,
}

/// A rotation: the old key and the new one are changed in one step, with the user's index.
impl Cluster {
    pub(in super::super) async fn rotate(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
    ) -> Result<Rotated, BackendError> {
        let (deadline, mut refused) = (self.nodes.deadline(), None);
        loop {
            let record = match self.view(key, deadline).await? {
                Answer::Session(record) if record.version == rotation.version => record,
                other => return self.overtaken(key, other, deadline).await,
            };
            if let Some(refused) = refused {
                return Ok(refused);
            }
            match self.try_to_rotate(key, rotation, &record, deadline).await? {
                Attempt::Done { ended } => return Ok(Rotated::Done { ended }),
                Attempt::Refused(rotated) => refused = Some(rotated),
                Attempt::Again => self.step_aside().await,
            }
        }
    }

    async fn try_to_rotate(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
        record: &Record,
        deadline: Instant,
    ) -> Result<Attempt, BackendError> {
        let newcomer = match &rotation.kind {
            RotationKind::Renew { payload, lifetime, .. } => {
                Newcomer::renewed(rotation, record, (payload, *lifetime))
            }
            RotationKind::Replace(draft) => Newcomer::new(&rotation.to, draft),
        };
        let mut step = Step::about(self, key, deadline);
        let ended = match step.welcome(&newcomer, Some(key)).await? {
            Welcome::Prepared { ended } => ended,
            other => {
                step.give_up().await;
                return Ok(Attempt::of(other));
            }
        };
        if !leave(&mut step, key, rotation, record).await? {
            step.give_up().await;
            return Ok(Attempt::Again);
        }
        if !step.commit().await? {
            return Ok(Attempt::Again);
        }
        let gone = [&ended[..], &[*key]].concat();
        tokio::join!(self.delist(&gone), self.announce(&rotation.to, newcomer.times()));
        Ok(Attempt::Done { ended })
    }

    /// What there is instead of the session that was to be rotated.
    async fn overtaken(
        &self,
        key: &SessionKey,
        instead: Answer,
        deadline: Instant,
    ) -> Result<Rotated, BackendError> {
        let loaded = match instead {
            Answer::Session(record) => Loaded::Found(Found { key: *key, record }),
            Answer::Missing(missing) => Loaded::Missing(missing),
            Answer::Leads(next) => self.successor(&next, deadline).await?,
            _ => return Err(unexpected()),
        };
        Ok(match loaded {
            Loaded::Found(found) => Rotated::Conflict(found),
            Loaded::Missing(missing) => Rotated::Missing(missing),
        })
    }
}

/// Takes the old key; false if there is something else than what was read.
async fn leave(
    step: &mut Step<'_>,
    key: &SessionKey,
    rotation: &Rotation,
    record: &Record,
) -> Result<bool, BackendError> {
    let (read, kept) = (beginning(rotation.version), lasting(record));
    let taking = match &rotation.kind {
        RotationKind::Renew { grace, .. } if !grace.is_zero() => {
            let grace = millis(*grace);
            step.take(key, &Left::Alias(&grace, &rotation.to), [&read, &kept]).await?
        }
        RotationKind::Renew { .. } => step.take(key, &Left::Superseded, [&read, &kept]).await?,
        RotationKind::Replace(_) => step.take(key, &Left::Superseded, [&read, b""]).await?,
    };
    step.are_over([*key]);
    Ok(matches!(taking, Taking::Taken))
}

impl Attempt {
    fn of(welcome: Welcome) -> Self {
        match welcome {
            Welcome::Prepared { ended } => Self::Done { ended },
            Welcome::Taken => Self::Refused(Rotated::Taken),
            Welcome::Full => Self::Refused(Rotated::Full),
            Welcome::Changed => Self::Again,
        }
    }
}
