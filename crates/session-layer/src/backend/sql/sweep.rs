use super::Statements;
use super::work::Work;

/// [`Backend::sweep`](crate::backend::Backend::sweep).
pub(in crate::backend) struct Sweep {
    pub(in crate::backend) limit: u32,
}

impl<C: Statements> Work<C> for Sweep {
    type Done = u32;

    // Done twice, it would not say how much it has removed.
    const REPEATABLE: bool = false;

    async fn run(&self, connection: &mut C) -> Result<u32, sqlx::Error> {
        let swept = connection.sweep(self.limit).await?;
        Ok(u32::try_from(swept).unwrap_or(self.limit))
    }
}
