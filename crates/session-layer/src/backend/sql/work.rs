/// One verb, as it is carried out on a connection.
pub(in crate::backend) trait Work<C>: Sync {
    /// What it gives.
    type Done: Send;

    /// Whether it may be done once more where it is not known if it was done.
    const REPEATABLE: bool;

    /// Does it, wholly or not at all.
    fn run(
        &self,
        connection: &mut C,
    ) -> impl Future<Output = Result<Self::Done, sqlx::Error>> + Send;
}
