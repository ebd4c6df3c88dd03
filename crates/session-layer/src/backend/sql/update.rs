use super::Statements;
use super::load::{Look, look};
use super::work::{Work, undecided};
use crate::backend::{Change, Found, SessionKey, Updated};

/// [`Backend::update`](crate::backend::Backend::update).
pub(in crate::backend) struct Write<'a> {
    pub(in crate::backend) key: &'a SessionKey,
    pub(in crate::backend) change: &'a Change,
}

impl<C: Statements> Work<C> for Write<'_> {
    type Done = Updated;

    const REPEATABLE: bool = true;

    async fn run(&self, connection: &mut C) -> Result<Updated, sqlx::Error> {
        loop {
            if let Ok(version) = i64::try_from(self.change.version)
                && connection.update(self.key, version, self.change).await?
            {
                return Ok(Updated::Done(self.change.version + 1));
            }
            match look(connection, self.key).await? {
                // It was created in between.
                Look::Here(found) if found.record.version == self.change.version => {}
                Look::Here(found) | Look::Led(found) => return Ok(Updated::Conflict(found)),
                Look::Missing(missing) => return Ok(Updated::Missing(missing)),
            }
        }
    }

    async fn run_again(&self, connection: &mut C) -> Result<Updated, sqlx::Error> {
        match self.run(connection).await? {
            Updated::Conflict(found) if self.may_have_made(&found) => Err(undecided()),
            updated => Ok(updated),
        }
    }
}

impl Write<'_> {
    fn may_have_made(&self, found: &Found) -> bool {
        let (key, record) = (&found.key, &found.record);
        key == self.key
            && record.version == self.change.version + 1
            && record.payload == self.change.payload
    }
}
