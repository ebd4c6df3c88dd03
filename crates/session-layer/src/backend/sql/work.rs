use std::io;

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

    /// Does it once more, where it is not known if it was done.
    fn run_again(
        &self,
        connection: &mut C,
    ) -> impl Future<Output = Result<Self::Done, sqlx::Error>> + Send {
        self.run(connection)
    }
}

/// What is there may have been done by this or by another one that looks the same.
pub(super) fn undecided() -> sqlx::Error {
    let text = "the connection broke, and nobody knows whether it was done before";
    io::Error::new(io::ErrorKind::ConnectionAborted, text).into()
}
