use super::work::Work;
use super::{Entry, Statements};
use crate::backend::{Found, UserId};

/// [`Backend::of_user`](crate::backend::Backend::of_user).
pub(in crate::backend) struct OfUser<'a> {
    pub(in crate::backend) user: &'a UserId,
}

impl<C: Statements> Work<C> for OfUser<'_> {
    type Done = Vec<Found>;

    const REPEATABLE: bool = true;

    async fn run(&self, connection: &mut C) -> Result<Vec<Found>, sqlx::Error> {
        let entries = connection.entries_of(self.user).await?;
        entries.into_iter().map(Entry::found).collect()
    }
}
