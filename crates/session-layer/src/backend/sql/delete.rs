use super::Statements;
use super::entry::Standing;
use super::transaction::{Ending, Steps, transact};
use super::work::Work;
use crate::backend::{Found, Missing, SessionKey};

/// [`Backend::delete`](crate::backend::Backend::delete).
pub(in crate::backend) struct Delete<'a> {
    pub(in crate::backend) key: &'a SessionKey,
}

impl<C: Statements> Work<C> for Delete<'_> {
    type Done = Option<Found>;

    // Done twice, it would not say what it has ended.
    const REPEATABLE: bool = false;

    async fn run(&self, connection: &mut C) -> Result<Self::Done, sqlx::Error> {
        transact(connection, self).await
    }
}

impl<C: Statements> Steps<C> for Delete<'_> {
    type Done = Option<Found>;

    async fn steps(&self, connection: &mut C) -> Result<Ending<Self::Done>, sqlx::Error> {
        let found = match held(connection, self.key).await? {
            Standing::Live(found) => Some(found),
            Standing::Leads(successor) => live(held(connection, &successor).await?),
            Standing::Missing(_) => None,
        };
        let Some(found) = found else { return Ok(Ending::Undo(None)) };
        connection.end(&found.key).await?;
        Ok(Ending::Commit(Some(found)))
    }
}

/// What is under a key, which nobody else changes.
async fn held<C: Statements>(
    connection: &mut C,
    key: &SessionKey,
) -> Result<Standing, sqlx::Error> {
    let entry = connection.locked_entry(key).await?;
    entry.map_or(Ok(Standing::Missing(Missing::Absent)), |entry| entry.standing())
}

fn live(standing: Standing) -> Option<Found> {
    match standing {
        Standing::Live(found) => Some(found),
        Standing::Leads(_) | Standing::Missing(_) => None,
    }
}
