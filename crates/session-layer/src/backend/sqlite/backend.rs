use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rusqlite::Connection;
use tokio::task::coop::consume_budget;
use tokio::time::timeout_at;

use super::builder::SqliteBuilder;
use super::fault::Fault;
use super::in_place::InPlace;
use super::place::Place;
use super::readers::Readers;
use super::transaction::Transaction;
use super::writer::{Weight, Writer};
use super::{read, write};
use crate::backend::{
    Backend, BackendError, BackendErrorKind, Change, Created, Draft, Found, Loaded, Record,
    Renewed, Rotated, Rotation, SessionKey, Stats, Swept, Updated, UserId,
};

/// Sessions in an SQLite file, for all processes of one machine.
///
/// It needs a Tokio runtime with time enabled. Drop it to close the file.
pub struct SqliteBackend {
    pub(super) place: Place,
    pub(super) timeout: Duration,
    pub(super) in_place: InPlace,
    pub(super) readers: Readers,
    pub(super) writer: Writer,
}

impl SqliteBackend {
    /// Opens the file at a path, with the defaults.
    ///
    /// # Errors
    /// As [`SqliteBuilder::open`].
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, BackendError> {
        Self::builder(path).open().await
    }

    /// Configures how to open the file at a path.
    pub fn builder(path: impl Into<PathBuf>) -> SqliteBuilder {
        SqliteBuilder::new(path.into())
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection, i64) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, BackendError> {
        let until = deadline(self.timeout);
        within(until, self.readers.run(until, work)).await
    }

    async fn write<T: Send + 'static>(
        &self,
        weight: Weight,
        work: impl Fn(&Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, BackendError> {
        let until = deadline(self.timeout);
        within(until, self.writer.run(until, weight, work)).await
    }
}

/// When it has to be done.
pub(super) fn deadline(timeout: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(timeout).unwrap_or(now + YEAR)
}

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// What takes longer is an error.
pub(super) async fn within<T>(
    until: Instant,
    work: impl Future<Output = Result<T, BackendError>>,
) -> Result<T, BackendError> {
    let timeout = |_| BackendError::new(BackendErrorKind::Timeout);
    timeout_at(until.into(), work).await.map_err(timeout)?
}

#[async_trait]
impl Backend for SqliteBackend {
    async fn load(&self, key: &SessionKey) -> Result<Loaded, BackendError> {
        let key = *key;
        let work = move |file: &Connection, now| Ok(read::entry(file, &key, now)?.into());
        match self.in_place.run(work) {
            Some(result) => {
                consume_budget().await;
                Ok(result?)
            }
            None => self.read(work).await,
        }
    }

    async fn renewed(&self, key: &SessionKey) -> Result<Option<Renewed>, BackendError> {
        let key = *key;
        self.read(move |file, now| read::renewed(file, &key, now)).await
    }

    async fn create(&self, key: &SessionKey, draft: &Draft) -> Result<Created, BackendError> {
        let (key, draft) = (*key, draft.clone());
        let weight = if draft.user.is_some() { Weight::Identity } else { Weight::Content };
        self.write(weight, move |tx| write::create(tx, &key, &draft)).await
    }

    async fn update(&self, key: &SessionKey, change: &Change) -> Result<Updated, BackendError> {
        let (key, change) = (*key, change.clone());
        self.write(Weight::Content, move |tx| write::update(tx, &key, &change)).await
    }

    async fn touch(&self, key: &SessionKey) -> Result<bool, BackendError> {
        let key = *key;
        self.write(Weight::Content, move |tx| write::touch(tx, &key)).await
    }

    async fn rotate(&self, key: &SessionKey, rotation: &Rotation) -> Result<Rotated, BackendError> {
        let (key, rotation) = (*key, rotation.clone());
        self.write(Weight::Identity, move |tx| write::rotate(tx, &key, &rotation)).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<Option<Found>, BackendError> {
        let key = *key;
        self.write(Weight::Identity, move |tx| write::delete(tx, &key)).await
    }

    async fn restore(&self, key: &SessionKey, record: &Record) -> Result<bool, BackendError> {
        let (key, record) = (*key, record.clone());
        self.write(Weight::Identity, move |tx| write::restore(tx, &key, &record)).await
    }

    async fn of_user(&self, user: &UserId) -> Result<Vec<Found>, BackendError> {
        let user = user.clone();
        self.read(move |file, now| read::of_user(file, &user, now)).await
    }

    async fn sweep(&self, limit: u32) -> Result<Swept, BackendError> {
        self.write(Weight::Content, move |tx| write::sweep(tx, limit)).await
    }

    async fn stats(&self) -> Result<Stats, BackendError> {
        self.read(|file, _| read::stats(file)).await
    }

    fn name(&self) -> &'static str {
        "sqlite"
    }
}

impl fmt::Debug for SqliteBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteBackend").field("path", &self.path()).finish_non_exhaustive()
    }
}
