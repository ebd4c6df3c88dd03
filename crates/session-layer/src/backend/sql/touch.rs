use super::Statements;
use super::work::Work;
use crate::backend::SessionKey;

/// [`Backend::touch`](crate::backend::Backend::touch).
pub(in crate::backend) struct Touch<'a> {
    pub(in crate::backend) key: &'a SessionKey,
}

impl<C: Statements> Work<C> for Touch<'_> {
    type Done = bool;

    const REPEATABLE: bool = true;

    async fn run(&self, connection: &mut C) -> Result<bool, sqlx::Error> {
        connection.touch(self.key).await
    }
}
