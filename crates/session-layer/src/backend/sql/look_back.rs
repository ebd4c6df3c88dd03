use super::Statements;
use super::work::Work;
use crate::backend::{Renewed, SessionKey};

/// [`Backend::renewed`](crate::backend::Backend::renewed).
pub(in crate::backend) struct LookBack<'a> {
    pub(in crate::backend) key: &'a SessionKey,
}

impl<C: Statements> Work<C> for LookBack<'_> {
    type Done = Option<Renewed>;

    const REPEATABLE: bool = true;

    async fn run(&self, connection: &mut C) -> Result<Self::Done, sqlx::Error> {
        let entry = connection.entry(self.key).await?;
        entry.map_or(Ok(None), |entry| entry.renewed())
    }
}
