use super::entry::{Entry, Roll, id_of_roll, id_of_session};
use super::fault::corrupt;
use super::session::Session;
use super::shelf::{Shelf, Sight};
use crate::backend::{BackendError, Found, Loaded, Missing, Renewed, SessionKey, UserId};

/// The verbs that only read.
impl Shelf {
    pub(super) async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        let held = self.reading(&[*key]).await?;
        match self.look(key).await? {
            Sight::Live(session) => Ok(Loaded::Found(session.found())),
            Sight::Missing(missing) => Ok(Loaded::Missing(missing)),
            Sight::LeadsTo(successor) => {
                drop(held);
                self.load_successor(&successor).await
            }
        }
    }

    pub(super) async fn load_successor(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        let _held = self.reading(&[*key]).await?;
        Ok(match self.look(key).await? {
            Sight::Live(session) => Loaded::Found(session.found()),
            Sight::Missing(missing) => Loaded::Missing(missing),
            Sight::LeadsTo(_) => Loaded::Missing(Missing::Superseded),
        })
    }

    /// Where a key that was renewed leads, or led.
    pub(super) async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        let _held = self.reading(&[*key]).await?;
        match self.read(id_of_session(key)).await? {
            Some(Entry::Former(former)) if former.key == *key && former.forgotten > self.now() => {
                Ok(former.successor())
            }
            _ => Ok(None),
        }
    }

    pub(super) async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        let _held = self.wait(self.locks.user(Some(user))).await?;
        let keys = self.roll(user).await?.keys();
        let _all = self.reading(&keys).await?;
        let live = self.live_of(user, keys).await?;
        Ok(live.into_iter().map(Session::found).collect())
    }

    /// Those of the user that are live, in the order of their creation.
    pub(super) async fn live_of(
        &self,
        user: &UserId,
        keys: Vec<SessionKey>,
    ) -> Result<Vec<Session>, BackendError> {
        let mut live = Vec::new();
        for key in keys {
            match self.look(&key).await? {
                Sight::Live(session) if session.user.as_ref() == Some(user) => live.push(session),
                _ => {}
            }
        }
        live.sort_by_key(|session| session.created);
        Ok(live)
    }

    /// The user's roll; an empty one if there is none.
    pub(super) async fn roll(&self, user: &UserId) -> Result<Roll, BackendError> {
        match self.read(id_of_roll(user.as_str())).await? {
            None => Ok(Roll::of(user, &[])),
            Some(Entry::Roll(roll)) => Ok(roll),
            Some(_) => Err(corrupt()),
        }
    }
}
