use super::Statements;
use super::entry::Standing;
use super::work::Work;
use crate::backend::{Found, Loaded, Missing, SessionKey};

/// [`Backend::load`](crate::backend::Backend::load).
pub(in crate::backend) struct Load<'a> {
    pub(in crate::backend) key: &'a SessionKey,
}

impl<C: Statements> Work<C> for Load<'_> {
    type Done = Loaded;

    const REPEATABLE: bool = true;

    async fn run(&self, connection: &mut C) -> Result<Loaded, sqlx::Error> {
        Ok(match look(connection, self.key).await? {
            Look::Here(found) | Look::Led(found) => Loaded::Found(found),
            Look::Missing(missing) => Loaded::Missing(missing),
        })
    }
}

/// What there is under a key.
pub(super) enum Look {
    /// A session with this very key.
    Here(Found),
    /// A session to which the key leads.
    Led(Found),
    /// None.
    Missing(Missing),
}

pub(super) async fn look<C: Statements>(
    connection: &mut C,
    key: &SessionKey,
) -> Result<Look, sqlx::Error> {
    match standing(connection, key).await? {
        Standing::Live(found) => Ok(Look::Here(found)),
        Standing::Leads(successor) => follow(connection, &successor).await,
        Standing::Missing(missing) => Ok(Look::Missing(missing)),
    }
}

/// One step only: a successor that has a successor is superseded.
async fn follow<C: Statements>(
    connection: &mut C,
    successor: &SessionKey,
) -> Result<Look, sqlx::Error> {
    Ok(match standing(connection, successor).await? {
        Standing::Live(found) => Look::Led(found),
        Standing::Leads(_) => Look::Missing(Missing::Superseded),
        Standing::Missing(missing) => Look::Missing(missing),
    })
}

async fn standing<C: Statements>(
    connection: &mut C,
    key: &SessionKey,
) -> Result<Standing, sqlx::Error> {
    let entry = connection.entry(key).await?;
    entry.map_or(Ok(Standing::Missing(Missing::Absent)), |entry| entry.standing())
}
