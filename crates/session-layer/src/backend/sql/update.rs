use super::Statements;
use super::load::{Look, look};
use super::work::Work;
use crate::backend::{Change, SessionKey, Updated};

/// [`Backend::update`](crate::backend::Backend::update).
pub(in crate::backend) struct Write<'a> {
    pub(in crate::backend) key: &'a SessionKey,
    pub(in crate::backend) change: &'a Change,
}

impl<C: Statements> Work<C> for Write<'_> {
    type Done = Updated;

    // Done twice, it would find its own first change, and take it for somebody else's.
    const REPEATABLE: bool = false;

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
}
