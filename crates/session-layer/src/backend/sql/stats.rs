use super::Statements;
use super::time::instant;
use super::work::Work;
use crate::backend::Stats;

/// How much is counted; of what is more, the server's own estimate is taken.
const COUNTED: i64 = 10_000;

/// [`Backend::stats`](crate::backend::Backend::stats).
pub(in crate::backend) struct Count;

/// What was counted.
pub(in crate::backend) struct Counted {
    /// Sessions, tombstones, keys in their grace, and what is beside the sessions.
    pub(in crate::backend) all: i64,
    /// Sessions.
    pub(in crate::backend) live: i64,
    /// The server's clock, in ms since 1970.
    pub(in crate::backend) now: i64,
}

impl<C: Statements> Work<C> for Count {
    type Done = Stats;

    const REPEATABLE: bool = true;

    async fn run(&self, connection: &mut C) -> Result<Stats, sqlx::Error> {
        let counted = connection.count(COUNTED + 1).await?;
        let live = if counted.all <= COUNTED {
            counted.live
        } else {
            connection.estimate().await?.max(counted.live)
        };
        let live = u64::try_from(live).unwrap_or_default();
        Ok(Stats { live, now: instant(counted.now) })
    }
}
