use tokio::time::Instant;

use super::super::fault::unexpected;
use super::super::lifetime::millis;
use super::super::script::cluster as script;
use super::super::stored::{beginning, lasting};
use super::Cluster;
use super::answer::Answer;
use super::newcomer::Newcomer;
use super::room::Room;
use super::step::{Left, Step, Taking};
use crate::backend::{
    BackendError, Found, Loaded, Record, Rotated, Rotation, RotationKind, SessionKey,
    TOMBSTONE_LIFE,
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
            if rotation.to == *key {
                return Ok(Rotated::Taken);
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
        let ended = match step.admit(&newcomer, Some(key)).await? {
            Room::Made { ended } => ended,
            other => {
                step.give_up().await;
                return Ok(Attempt::of(other));
            }
        };
        match change_keys(&mut step, (key, record), rotation, &newcomer).await? {
            [Taking::Taken, Taking::Taken] => {}
            other => {
                step.give_up().await;
                return Ok(match other {
                    [Taking::Other(_), _] => Attempt::Refused(Rotated::Taken),
                    _ => Attempt::Again,
                });
            }
        }
        let gone = [&ended[..], &[*key]].concat();
        let count = async {
            tokio::join!(
                self.delist(&gone),
                self.announce(&rotation.to, newcomer.created(), newcomer.times())
            );
        };
        if !step.commit(count).await? {
            return Ok(Attempt::Again);
        }
        self.keep_alias(key, &rotation.kind).await;
        Ok(Attempt::Done { ended })
    }

    /// Whoever lets go of the key leaves an alias for the life of a tombstone, for nobody else knows
    /// how long it is to be kept. If this fails it is not longer.
    async fn keep_alias(&self, key: &SessionKey, kind: &RotationKind) {
        let RotationKind::Renew { kept, .. } = kind else { return };
        if *kept > TOMBSTONE_LIFE {
            let (name, kept) = (self.names.session(key), millis(*kept));
            let arguments = [kept.as_bytes()];
            let _ = self.hint(&script::KEEP_ALIAS, &name, &arguments, self.hint_deadline()).await;
        }
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

/// Takes the new key, and the old one if there is what was read.
async fn change_keys(
    step: &mut Step<'_>,
    (key, record): (&SessionKey, &Record),
    rotation: &Rotation,
    newcomer: &Newcomer<'_>,
) -> Result<[Taking; 2], BackendError> {
    let (read, kept) = (beginning(rotation.version), lasting(record));
    step.are_over([*key]);
    match &rotation.kind {
        RotationKind::Renew { grace, .. } => {
            let grace = millis(*grace);
            let alias = Left::Alias(&grace, &rotation.to);
            let left = if grace == "0" { &Left::Superseded } else { &alias };
            step.begin_and_take(newcomer, (key, left), [&read, &kept]).await
        }
        RotationKind::Replace(_) => {
            step.begin_and_take(newcomer, (key, &Left::Superseded), [&read, b""]).await
        }
    }
}

impl Attempt {
    fn of(room: Room) -> Self {
        match room {
            Room::Made { ended } => Self::Done { ended },
            Room::Full => Self::Refused(Rotated::Full),
            Room::Changed => Self::Again,
        }
    }
}
