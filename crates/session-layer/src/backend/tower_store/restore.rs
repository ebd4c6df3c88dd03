use super::entry::{Entry, id_of_session};
use super::fault::corrupt;
use super::session::Session;
use super::shelf::Shelf;
use crate::backend::{BackendError, Record, SessionKey};

/// A session from elsewhere.
impl Shelf {
    pub(super) async fn restore(
        &self,
        key: &SessionKey,
        record: &Record,
    ) -> Result<bool, BackendError> {
        let session = Session::of_record(key, record);
        let _user = self.wait(self.locks.user(session.user.as_ref())).await?;
        let mates = self.mates(session.user.as_ref()).await?;
        let _held = self.writing(&[*key]).await?;
        let there = self.read(id_of_session(key)).await?;
        if session.expires() <= self.now() || self.stays(there.as_ref(), &session)? {
            return Ok(false);
        }
        self.register(&session, &mates).await?;
        let entry = Entry::Session(session);
        if there.is_some() || !self.create(&entry).await? {
            self.replace(&entry).await?;
        }
        Ok(true)
    }

    /// Whether what there is under the key of a session is left there.
    fn stays(&self, there: Option<&Entry>, session: &Session) -> Result<bool, BackendError> {
        let now = self.now();
        match there {
            None => Ok(false),
            Some(Entry::Session(there)) if there.key == session.key => {
                Ok(there.expires() > now && there.version > session.version)
            }
            Some(Entry::Former(there)) if there.key == session.key => Ok(there.forgotten > now),
            Some(_) => Err(corrupt()),
        }
    }
}
