use futures_util::future::join_all;
use redis::Value;
use tokio::time::Instant;

use super::super::fault::{corrupt, unexpected};
use super::super::script::cluster as script;
use super::Cluster;
use super::answer::{Answer, bytes, key_of};
use super::step_name::StepName;
use crate::backend::{BackendError, BackendErrorKind, Found, SessionKey, UserId};

/// What is under a key that a user's index has.
pub(super) enum Sight {
    Live(Found),
    /// A session of the user only if one is registered again.
    Over(SessionKey),
    Unreadable,
}

/// A user's sessions, as they were seen one after another.
struct Glance {
    /// The latest step that had the index.
    latest: Vec<u8>,
    live: Vec<Found>,
}

/// How often to look, if others change all the time what is seen.
const GLANCES: usize = 8;

/// The sessions of a user. Each is in the user's index before it is there; what is only in the
/// index is none.
impl Cluster {
    /// They are looked at until they are twice the same, and nobody has begun another meanwhile: so
    /// they were all there at the same time. Where changes never stop, what was seen last is taken.
    pub(in super::super) async fn of_user(
        &self,
        user: &UserId,
    ) -> Result<Vec<Found>, BackendError> {
        let deadline = self.nodes.deadline();
        let mut glance = self.glance(user, deadline).await?;
        for _ in 1..GLANCES {
            let again = self.glance(user, deadline).await?;
            let is_same = again.is_same_as(&glance);
            glance = again;
            if is_same {
                break;
            }
        }
        glance.live.sort_by_key(|found| found.record.created);
        Ok(glance.live)
    }

    /// A login that is just happening is waited for.
    async fn glance(&self, user: &UserId, deadline: Instant) -> Result<Glance, BackendError> {
        let index = self.names.user(user);
        let reply = self.script((None, &script::MEMBERS), &index, &[], deadline).await?;
        let Value::Array(parts) = reply else {
            return Err(unexpected());
        };
        let [holder, latest, members @ ..] = parts.as_slice() else {
            return Err(unexpected());
        };
        let holder = bytes(holder)?;
        if !holder.is_empty() {
            let holder = StepName::read(holder).ok_or_else(corrupt)?;
            self.decided(&holder, deadline).await?;
        }
        let mut glance = Glance { latest: bytes(latest)?.to_vec(), live: Vec::new() };
        for some in members.chunks(Self::AT_ONCE) {
            let keys = some.iter().map(key_of).collect::<Result<Vec<_>, _>>()?;
            let sights = keys.iter().map(|key| self.sight(key, user, deadline));
            for sight in join_all(sights).await {
                if let Sight::Live(found) = sight? {
                    glance.live.push(found);
                }
            }
        }
        // The server's order may change.
        glance.live.sort_by_key(|found| *found.key.as_bytes());
        Ok(glance)
    }

    /// The key, if there is no session of the user.
    pub(super) async fn is_over(
        &self,
        key: &SessionKey,
        user: &UserId,
        deadline: Instant,
    ) -> Option<SessionKey> {
        match self.sight(key, user, deadline).await {
            Ok(Sight::Over(key)) => Some(key),
            _ => None,
        }
    }

    pub(super) async fn sight(
        &self,
        key: &SessionKey,
        user: &UserId,
        deadline: Instant,
    ) -> Result<Sight, BackendError> {
        match self.view(key, deadline).await {
            Ok(Answer::Session(record)) if record.user.as_ref() == Some(user) => {
                Ok(Sight::Live(Found { key: *key, record }))
            }
            Ok(_) => Ok(Sight::Over(*key)),
            Err(error) if error.kind() == BackendErrorKind::Corrupt => Ok(Sight::Unreadable),
            Err(error) => Err(error),
        }
    }
}

impl Glance {
    /// But for when they were seen: a touch begins and ends nothing.
    fn is_same_as(&self, other: &Self) -> bool {
        let timeless = |found: &Found| {
            let mut found = found.clone();
            found.record.last_seen = found.record.created;
            found
        };
        self.latest == other.latest
            && self.live.iter().map(timeless).eq(other.live.iter().map(timeless))
    }
}
