use super::entry::{Entry, id_of_session};
use super::session::{Former, Session};
use super::shelf::{Shelf, Sight};
use crate::backend::{
    BackendError, Change, Created, Draft, Found, Loaded, SessionKey, Updated, UserId,
};

/// The verbs that change a session under its key.
impl Shelf {
    pub(super) async fn create_session(
        &self,
        key: &SessionKey,
        draft: &Draft,
    ) -> Result<Created, BackendError> {
        let _user = self.wait(self.locks.user(draft.user.as_ref())).await?;
        let room = self.room(draft, &[*key], None).await?;
        let Some(ends) = room.ends else { return Ok(Created::Full) };
        match self.begin(Session::new(key, draft, self.now()), &room.mates).await? {
            true => Ok(Created::Done { ended: self.end_all(ends, draft.user.as_ref()).await? }),
            false => Ok(Created::Taken),
        }
    }

    /// Registers a new session and creates it; false if its key is taken.
    pub(super) async fn begin(
        &self,
        session: Session,
        mates: &[Session],
    ) -> Result<bool, BackendError> {
        if self.read(id_of_session(&session.key)).await?.is_some() {
            return Ok(false);
        }
        self.register(&session, mates).await?;
        self.create(&Entry::Session(session)).await
    }

    /// Ends those that are live yet, and the user's; their keys.
    pub(super) async fn end_all(
        &self,
        keys: Vec<SessionKey>,
        user: Option<&UserId>,
    ) -> Result<Vec<SessionKey>, BackendError> {
        let mut ended = Vec::new();
        for key in keys {
            match self.look(&key).await? {
                Sight::Live(session) if session.user.as_ref() == user => {
                    self.bury(Former::ended(&key, self.now())).await?;
                    ended.push(key);
                }
                _ => {}
            }
        }
        Ok(ended)
    }

    pub(super) async fn update(
        &self,
        key: &SessionKey,
        change: &Change,
    ) -> Result<Updated, BackendError> {
        let held = self.writing(&[*key]).await?;
        let session = match self.look(key).await? {
            Sight::Live(session) if session.version == change.version => session,
            Sight::Live(session) => return Ok(Updated::Conflict(session.found())),
            Sight::Missing(missing) => return Ok(Updated::Missing(missing)),
            Sight::LeadsTo(successor) => {
                drop(held);
                return Ok(match self.load_successor(&successor).await? {
                    Loaded::Found(found) => Updated::Conflict(found),
                    Loaded::Missing(missing) => Updated::Missing(missing),
                });
            }
        };
        let session = session.changed(&change.payload, change.lifetime, self.now());
        let version = session.version;
        self.replace(&Entry::Session(session.clone())).await?;
        drop(held);
        if change.lifetime.is_some() {
            self.keep_registered(&session).await?;
        }
        Ok(Updated::Done(version))
    }

    pub(super) async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        let held = self.writing(&[*key]).await?;
        let Sight::Live(session) = self.look(key).await? else { return Ok(false) };
        let session = session.seen(self.now());
        self.replace(&Entry::Session(session.clone())).await?;
        drop(held);
        self.keep_registered(&session).await?;
        Ok(true)
    }

    pub(super) async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        let held = self.writing(&[*key]).await?;
        match self.look(key).await? {
            Sight::Live(session) => self.end(session).await.map(Some),
            Sight::Missing(_) => Ok(None),
            Sight::LeadsTo(successor) => {
                drop(held);
                let _held = self.writing(&[successor]).await?;
                match self.look(&successor).await? {
                    Sight::Live(session) => self.end(session).await.map(Some),
                    _ => Ok(None),
                }
            }
        }
    }

    async fn end(&self, session: Session) -> Result<Found, BackendError> {
        self.bury(Former::ended(&session.key, self.now())).await?;
        Ok(session.found())
    }

    /// Puts what remains of a session in its place.
    pub(super) async fn bury(&self, former: Former) -> Result<(), BackendError> {
        self.replace(&Entry::Former(former)).await
    }
}
