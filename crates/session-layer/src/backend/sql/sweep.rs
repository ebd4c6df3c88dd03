use std::time::Duration;

use super::transaction::{Ending, Steps, transact};
use super::work::Work;
use super::{Pool, Server, Statements};
use crate::backend::{BackendError, Swept};

/// How much is removed in one transaction.
const BATCH: u32 = 500;

/// [`Backend::sweep`](crate::backend::Backend::sweep), in transactions that are short enough not to
/// be in others' way.
pub(in crate::backend) async fn sweep<S: Server>(
    pool: &Pool<S>,
    limit: u32,
) -> Result<Swept, BackendError> {
    let mut swept = Swept::default();
    while swept.removed < limit {
        let limit = BATCH.min(limit - swept.removed);
        let some = pool.run(&Sweep { limit }).await?;
        let is_last = some.removed < limit;
        swept.add(some);
        if is_last {
            break;
        }
    }
    Ok(swept)
}

struct Sweep {
    limit: u32,
}

impl<C: Statements> Work<C> for Sweep {
    type Done = Swept;

    // Done twice, it would not say what it has removed.
    const REPEATABLE: bool = false;

    async fn run(&self, connection: &mut C) -> Result<Swept, sqlx::Error> {
        transact(connection, self).await
    }
}

impl<C: Statements> Steps<C> for Sweep {
    type Done = Swept;

    async fn steps(&self, connection: &mut C) -> Result<Ending<Swept>, sqlx::Error> {
        connection.sweep(self.limit).await.map(Ending::Commit)
    }
}

/// What was removed: of each row, for how many milliseconds it had been a session, if it was one.
pub(in crate::backend) fn swept(rows: &[Option<i64>]) -> Swept {
    let lived = rows.iter().flatten();
    let lived = lived.map(|lived| Duration::from_millis(u64::try_from(*lived).unwrap_or_default()));
    Swept::new(u32::try_from(rows.len()).unwrap_or(u32::MAX), lived.collect())
}
