use super::Statements;

/// How a transaction ends.
pub(super) enum Ending<T> {
    /// With what it did.
    Commit(T),
    /// As if it had not been.
    Undo(T),
}

/// Statements that happen all or none.
pub(super) trait Steps<C>: Sync {
    type Done: Send;

    fn steps(
        &self,
        connection: &mut C,
    ) -> impl Future<Output = Result<Ending<Self::Done>, sqlx::Error>> + Send;
}

/// Runs them in a transaction. After an error of the server the connection is in none any more.
pub(super) async fn transact<C: Statements, S: Steps<C>>(
    connection: &mut C,
    steps: &S,
) -> Result<S::Done, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    match steps.steps(&mut transaction).await {
        Ok(Ending::Commit(done)) => transaction.commit().await.map(|()| done),
        Ok(Ending::Undo(done)) => transaction.rollback().await.map(|()| done),
        Err(error @ sqlx::Error::Database(_)) => transaction.rollback().await.and(Err(error)),
        Err(error) => Err(error),
    }
}
