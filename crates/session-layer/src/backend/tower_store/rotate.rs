use std::time::Duration;

use super::entry::id_of_session;
use super::session::{Former, Session};
use super::shelf::{Shelf, Sight};
use super::time::{after, span};
use crate::backend::{
    BackendError, Draft, Lifetime, Loaded, Payload, Rotated, Rotation, RotationKind, SessionKey,
};

/// A session gets another key.
impl Shelf {
    pub(super) async fn rotate(
        &self,
        key: &SessionKey,
        rotation: &Rotation,
    ) -> Result<Rotated, BackendError> {
        let Rotation { version, to, kind } = rotation;
        match kind {
            RotationKind::Renew { payload, lifetime, grace, kept } => {
                let (lifetime, grace, kept) = (*lifetime, *grace, *kept);
                let renewal = Renewal { payload, lifetime, grace, kept };
                self.renew(key, *version, to, renewal).await
            }
            RotationKind::Replace(draft) => self.replace_by(key, *version, to, draft).await,
        }
    }

    async fn renew(
        &self,
        key: &SessionKey,
        version: u64,
        to: &SessionKey,
        renewal: Renewal<'_>,
    ) -> Result<Rotated, BackendError> {
        let user = match self.look(key).await? {
            Sight::Live(session) => session.user,
            other => return self.not_rotated(other).await,
        };
        let locked = self.wait(self.locks.user(user.as_ref())).await?;
        let held = self.writing(&[*key, *to]).await?;
        let session = match self.look(key).await? {
            // Another one was restored there meanwhile.
            Sight::Live(session) if session.user != user => {
                drop((locked, held));
                return Box::pin(self.renew(key, version, to, renewal)).await;
            }
            Sight::Live(session) if session.version == version => session,
            other => {
                drop(held);
                return self.not_rotated(other).await;
            }
        };
        let now = self.now();
        let mates = self.mates(user.as_ref()).await?;
        let next = session.changed(renewal.payload, renewal.lifetime, now).under(to);
        let former = {
            let until = after(now, span(renewal.grace));
            Former::renewed(key, to, (until, span(renewal.kept)))
        };
        self.turn(next, &mates, former).await.map(|turned| match turned {
            true => Rotated::Done { ended: Vec::new() },
            false => Rotated::Taken,
        })
    }

    async fn replace_by(
        &self,
        key: &SessionKey,
        version: u64,
        to: &SessionKey,
        draft: &Draft,
    ) -> Result<Rotated, BackendError> {
        let _user = self.wait(self.locks.user(draft.user.as_ref())).await?;
        let room = self.room(draft, &[*key, *to], Some(key)).await?;
        match self.look(key).await? {
            Sight::Live(session) if session.version == version => {}
            other => {
                drop(room);
                return self.not_rotated(other).await;
            }
        }
        let Some(ends) = room.ends else { return Ok(Rotated::Full) };
        let now = self.now();
        let next = Session::new(to, draft, now);
        match self.turn(next, &room.mates, Former::replaced(key, now)).await? {
            true => Ok(Rotated::Done { ended: self.end_all(ends, draft.user.as_ref()).await? }),
            false => Ok(Rotated::Taken),
        }
    }

    /// Begins the next session, and then ends the former. If that fails, the next one is taken
    /// back, so that there are not two.
    async fn turn(
        &self,
        next: Session,
        mates: &[Session],
        former: Former,
    ) -> Result<bool, BackendError> {
        let to = id_of_session(&next.key);
        if !self.begin(next, mates).await? {
            return Ok(false);
        }
        if let Err(error) = self.bury(former).await {
            if self.store.delete(&to).await.is_err() {
                tracing::error!("a session has two ids, for the store failed while it got another");
            }
            return Err(error);
        }
        Ok(true)
    }

    async fn not_rotated(&self, sight: Sight) -> Result<Rotated, BackendError> {
        Ok(match sight {
            Sight::Live(session) => Rotated::Conflict(session.found()),
            Sight::Missing(missing) => Rotated::Missing(missing),
            Sight::LeadsTo(successor) => match self.load_successor(&successor).await? {
                Loaded::Found(found) => Rotated::Conflict(found),
                Loaded::Missing(missing) => Rotated::Missing(missing),
            },
        })
    }
}

/// What goes on under the new key.
struct Renewal<'a> {
    payload: &'a Payload,
    lifetime: Option<Lifetime>,
    grace: Duration,
    kept: Duration,
}
