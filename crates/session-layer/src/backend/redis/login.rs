use std::fmt;

/// What is said first on a connection.
#[derive(Clone, Default)]
pub(super) struct Login {
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) database: u32,
    /// To be answered by a replica in a cluster, which sends others to its master.
    pub(super) reads_replicas: bool,
}

/// Without user and password.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("password", &self.password.is_some())
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}
