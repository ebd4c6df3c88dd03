use std::time::Duration;

use tokio::time::Instant;

use super::super::fault::unexpected;
use super::super::lifetime::millis;
use super::super::replication::Write;
use super::super::script::cluster as script;
use super::super::stored::{beginning, head};
use super::Cluster;
use super::answer::Answer;
use crate::backend::{
    BackendError, Draft, Found, Lifetime, Loaded, Payload, Record, Rotated, Rotation, RotationKind,
    SessionKey, UserId,
};

/// What is to be under the new key.
struct Successor<'a> {
    payload: &'a Payload,
    version: u64,
    user: Option<&'a UserId>,
    created: String,
    idle: String,
    /// As a time, or zero.
    ends: String,
    /// From then on.
    absolute: String,
    grace: String,
}

/// A place in a user's index, and who has to end for it.
struct Claim<'a> {
    user: Option<&'a UserId>,
    ended: Vec<SessionKey>,
}

/// A rotation: what is under the new key stays pending until the old key is turned, which decides.
impl Cluster {
    pub(in super::super) async fn rotate(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
    ) -> Result<Rotated, BackendError> {
        let deadline = self.nodes.deadline();
        let record = match self.at(key, deadline).await? {
            Answer::Session(record) if record.version == rotation.version => record,
            other => return self.overtaken(key, other, deadline).await,
        };
        let claim = match &rotation.kind {
            RotationKind::Renew { lifetime, .. } => {
                self.claim_again(key, rotation, (&record, lifetime.as_ref()), deadline).await?
            }
            RotationKind::Replace(draft) => {
                match self.claim(key, rotation, (&record, draft), deadline).await? {
                    Some(claim) => claim,
                    None => return Ok(Rotated::Full),
                }
            }
        };
        let successor = Successor::of(&rotation.kind, &record);
        let times = [&successor.idle, &successor.ends, &successor.absolute];
        self.announce(&rotation.to, times.map(String::as_bytes)).await;
        match self.prepare(key, rotation, &successor, deadline).await? {
            Answer::Done(_) => {}
            Answer::Ended => self.delist(&rotation.to).await,
            Answer::Taken => return Ok(Rotated::Taken),
            _ => return Err(unexpected()),
        }
        self.turn(key, rotation, (&record, &successor, claim), deadline).await
    }

    /// Room for the new user's session.
    async fn claim<'a>(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
        (record, draft): (&Record, &'a Draft),
        deadline: Instant,
    ) -> Result<Option<Claim<'a>>, BackendError> {
        let Some(user) = &draft.user else {
            return Ok(Some(Claim { user: None, ended: Vec::new() }));
        };
        let aside = (record.user.as_ref() == Some(user)).then_some(key);
        let ended = self.reserve((user, &rotation.to), (draft, aside), deadline).await?;
        Ok(ended.map(|ended| Claim { user: Some(user), ended }))
    }

    /// The place that the session has.
    async fn claim_again<'a>(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
        (record, lifetime): (&'a Record, Option<&Lifetime>),
        deadline: Instant,
    ) -> Result<Claim<'a>, BackendError> {
        let user = record.user.as_ref();
        if let Some(user) = user {
            let ends =
                lifetime.and_then(|lifetime| record.last_seen.checked_add(lifetime.absolute));
            // Some more, for the session is seen later than it was when it was read.
            let ends = ends.map_or(record.ends, |ends| ends.max(record.ends));
            let ends = ends.checked_add(record.idle).unwrap_or(ends);
            let times = [since_1970(record.created), since_1970(ends)];
            self.reregister(user, [key, &rotation.to], &times, deadline).await?;
        }
        Ok(Claim { user, ended: Vec::new() })
    }

    async fn prepare(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
        successor: &Successor<'_>,
        deadline: Instant,
    ) -> Result<Answer, BackendError> {
        let (key, head) = (key.to_string(), head(successor.version, successor.payload));
        let arguments = [
            key.as_bytes(),
            &head,
            successor.created.as_bytes(),
            successor.idle.as_bytes(),
            successor.ends.as_bytes(),
            successor.absolute.as_bytes(),
            successor.user.map_or("", UserId::as_str).as_bytes(),
            successor.payload.as_bytes(),
            successor.grace.as_bytes(),
        ];
        let name = self.names.session(&rotation.to);
        let prepare = (Some(Write::Lasting), &*script::PREPARE);
        Answer::read(self.script(prepare, &name, &arguments, deadline).await?)
    }

    /// The step that decides, and what follows from it.
    async fn turn(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
        (record, successor, claim): (&Record, &Successor<'_>, Claim<'_>),
        deadline: Instant,
    ) -> Result<Rotated, BackendError> {
        let (read, to) = (beginning(rotation.version), rotation.to.to_string());
        let kind: &[u8] = match &rotation.kind {
            RotationKind::Renew { .. } => b"renew",
            RotationKind::Replace(_) => b"replace",
        };
        let arguments = [&read[..], to.as_bytes(), successor.grace.as_bytes(), kind];
        let turn = (Some(Write::Lasting), &*script::TURN);
        match self.judge(turn, key, &arguments, deadline).await? {
            Answer::Done(_) => {
                // First, so that there are never more to be seen than may be.
                let ended = match claim.user {
                    Some(user) => self.make_room(user, &claim.ended, deadline).await?,
                    None => Vec::new(),
                };
                self.confirm(&rotation.to, key, deadline).await?;
                self.delist(key).await;
                self.leave(record, key).await;
                Ok(Rotated::Done { ended })
            }
            other => {
                let (name, old) = (self.names.session(&rotation.to), key.to_string());
                let _ = self.hint(&script::DISCARD, &name, &[old.as_bytes()], deadline).await;
                if let Some(user) = successor.user {
                    self.unregister(user, &[rotation.to]).await;
                }
                self.delist(&rotation.to).await;
                self.overtaken(key, other, deadline).await
            }
        }
    }

    /// The old key leaves its user's index.
    async fn leave(&self, record: &Record, key: &SessionKey) {
        if let Some(user) = &record.user {
            self.unregister(user, &[*key]).await;
        }
    }

    /// What became of the session instead.
    async fn overtaken(
        &self,
        key: &SessionKey,
        answer: Answer,
        deadline: Instant,
    ) -> Result<Rotated, BackendError> {
        match answer {
            Answer::Session(record) => Ok(Rotated::Conflict(Found { key: *key, record })),
            Answer::Missing(missing) => Ok(Rotated::Missing(missing)),
            Answer::Leads(next) => Ok(match self.successor(&next, deadline).await? {
                Loaded::Found(found) => Rotated::Conflict(found),
                Loaded::Missing(missing) => Rotated::Missing(missing),
            }),
            Answer::Done(_) | Answer::Pending(_) | Answer::Taken | Answer::Ended => {
                Err(unexpected())
            }
        }
    }
}

impl<'a> Successor<'a> {
    fn of(kind: &'a RotationKind, record: &'a Record) -> Self {
        match kind {
            RotationKind::Renew { payload, lifetime, grace } => {
                Self::renewed(record, payload, *lifetime, *grace)
            }
            RotationKind::Replace(draft) => Self::replaced(draft),
        }
    }

    fn renewed(
        record: &'a Record,
        payload: &'a Payload,
        lifetime: Option<Lifetime>,
        grace: Duration,
    ) -> Self {
        let idle = lifetime.map_or(record.idle, |lifetime| lifetime.idle);
        Self {
            payload,
            version: record.version.saturating_add(1),
            user: record.user.as_ref(),
            created: since_1970(record.created),
            idle: millis(idle),
            ends: lifetime.map_or_else(|| since_1970(record.ends), |_| "0".to_owned()),
            absolute: millis(lifetime.map_or(Duration::ZERO, |lifetime| lifetime.absolute)),
            grace: millis(grace),
        }
    }

    fn replaced(draft: &'a Draft) -> Self {
        Self {
            payload: &draft.payload,
            version: 1,
            user: draft.user.as_ref(),
            created: "0".to_owned(),
            idle: millis(draft.lifetime.idle),
            ends: "0".to_owned(),
            absolute: millis(draft.lifetime.absolute),
            grace: "0".to_owned(),
        }
    }
}

/// In ms.
fn since_1970(time: std::time::SystemTime) -> String {
    let since = time.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_millis().to_string()
}
