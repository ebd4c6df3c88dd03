use std::fmt;

use async_trait::async_trait;

use super::MySqlBuilder;
use super::migrate::Migrate;
use super::server::MySqlServer;
use crate::backend::sql::{
    Count, Create, Delete, Load, LookBack, OfUser, Pool, Restore, Rotate, Touch, Write, sweep,
};
use crate::backend::{
    Backend, BackendError, Change, Created, Draft, Found, Loaded, Record, Renewed, Rotated,
    Rotation, SessionKey, Stats, Swept, Updated, UserId,
};

/// Sessions in MySQL 8 or MariaDB. See the [module](crate::backend::mysql).
///
/// It needs a Tokio runtime with time and I/O enabled.
pub struct MySqlBackend {
    pub(super) pool: Pool<MySqlServer>,
    /// For migrations alone, with a deadline of its own.
    pub(super) migrations: Pool<MySqlServer>,
}

impl MySqlBackend {
    /// Configures it for the server and database of a URL:
    /// `mysql://user:password@host:port/database`, with what is not a letter, a digit or one of
    /// `-._~` in user and password percent-encoded. For its parameters see
    /// [`MySqlBuilder::build`].
    pub fn builder(url: impl Into<String>) -> MySqlBuilder {
        MySqlBuilder::new(url.into())
    }

    /// Makes the tables, or brings them up to date. Where they are, it changes nothing and needs
    /// no right to. Several instances may do so at once, while others are at work. All of it may
    /// take a minute.
    ///
    /// # Errors
    /// The server can't be reached, or refuses: the user needs the right to `CREATE` tables and
    /// `INDEX`es. The files in `migrations/mysql` do the same.
    pub async fn migrate(&self) -> Result<(), BackendError> {
        let engine = self.migrations.server().engine;
        self.migrations.run(&Migrate { engine }).await
    }
}

#[async_trait]
impl Backend for MySqlBackend {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        self.pool.run(&Load { key }).await
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        self.pool.run(&LookBack { key }).await
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        self.pool.run(&Create { key, draft }).await
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        self.pool.run(&Write { key, change }).await
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        self.pool.run(&Touch { key }).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        self.pool.run(&Rotate { key, rotation }).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        self.pool.run(&Delete { key }).await
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        self.pool.run(&Restore { key, record }).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        self.pool.run(&OfUser { user }).await
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        sweep(&self.pool, limit).await
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        self.pool.run(&Count).await
    }

    fn name(&self) -> &'static str {
        "mysql"
    }
}

/// Where the server is, without who it is asked as.
impl fmt::Debug for MySqlBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MySqlBackend").field("server", self.pool.server()).finish_non_exhaustive()
    }
}
