use std::convert::Infallible;
use std::error::Error;
use std::fmt::{self, Display};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use example_service::StartError;
use session_layer::backend::mysql::MySqlBackend;
use session_layer::backend::postgres::PostgresBackend;
use session_layer::backend::{
    Backend, BackendError, BackendErrorKind, MemoryBackend, RedisBackend, Replication,
    SqliteBackend, TowerRedis,
};
use session_layer::wrap::{NearCache, NearCacheBuilder};

/// Where sessions are kept, as the option says it. The address of a server, which may have a
/// password in it, is shown to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Store(String);

impl Store {
    /// Opens it.
    ///
    /// # Errors
    /// If there is no store of this kind, or it can't be reached or used.
    pub async fn open(&self, how: How) -> Result<Arc<dyn Backend>, StartError> {
        match self.kind() {
            _ if self.is_fleeting() => how.share(MemoryBackend::new()),
            "sqlite" => sqlite(self.place(), how).await,
            "redis" | "rediss" | "redis+sentinel" | "rediss+sentinel" => {
                how.share_told(redis(&self.0, how, REPLICATION).await?)
            }
            // A login waits several times.
            "redis+cluster" | "rediss+cluster" => {
                how.share(redis(&self.0, how, REPLICATION / 2).await?)
            }
            "tower+redis" | "tower+rediss" => tower_redis(&self.0, how).await,
            "mysql" => mysql(&self.0, how).await,
            "postgres" | "postgresql" => postgres(&self.0, how).await,
            _ => Err(refused(UNKNOWN)),
        }
    }

    /// Whether it ends with this instance.
    pub fn is_fleeting(&self) -> bool {
        self.0 == "memory"
    }

    /// What stands before the colon.
    fn kind(&self) -> &str {
        self.0.split_once(':').map_or("", |(kind, _)| kind)
    }

    /// What stands after it.
    fn place(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, place)| place)
    }
}

/// How a store is opened.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// How many replicas of a Redis have a change before it is answered.
    pub redis_replicas: u32,
    /// It may be away: another one takes its place.
    pub may_be_away: bool,
    /// How old what is read from memory may be, if anything is.
    pub near_cache: Option<Duration>,
}

impl How {
    /// For all who ask it, from memory if that was asked for.
    pub(crate) fn share(self, backend: impl Backend) -> Result<Arc<dyn Backend>, StartError> {
        self.share_through(backend, NearCache::builder)
    }

    /// The same, of a Redis that tells of changes.
    fn share_told(self, backend: RedisBackend) -> Result<Arc<dyn Backend>, StartError> {
        self.share_through(backend, NearCache::redis)
    }

    fn share_through<B: Backend>(
        self,
        backend: B,
        cache: fn(B) -> NearCacheBuilder<B>,
    ) -> Result<Arc<dyn Backend>, StartError> {
        let Some(age) = self.near_cache else { return Ok(Arc::new(backend)) };
        let cache = cache(backend).max_age(age).build();
        Ok(Arc::new(cache.map_err(|error| StartError::about("--near-cache", error))?))
    }

    /// A server that is away is a mistake if it is the only one: the address may be wrong. A service
    /// that has to come up without it leaves out `connect`, and calls `migrate` in its deployment.
    fn reached(self, outcome: Result<(), BackendError>) -> Result<(), StartError> {
        match outcome {
            Err(error) if self.may_be_away && is_away(error.kind()) => {
                tracing::warn!(error = told(&error), "a store is away");
                Ok(())
            }
            outcome => outcome.map_err(|error| refused(told(&error))),
        }
    }
}

fn is_away(kind: BackendErrorKind) -> bool {
    matches!(kind, BackendErrorKind::Unavailable | BackendErrorKind::Timeout)
}

/// How long a change waits for replicas of a Redis.
const REPLICATION: Duration = Duration::from_millis(250);

const UNKNOWN: &str = "write `sqlite:PATH`, `redis://…`, `tower+redis://…`, `mysql://…`, \
                       `postgres://…` or `memory`";

async fn sqlite(path: &str, how: How) -> Result<Arc<dyn Backend>, StartError> {
    if path.is_empty() {
        return Err(refused(UNKNOWN));
    }
    match SqliteBackend::open(path).await {
        Ok(backend) => how.share(backend),
        Err(error) => Err(StartError::about(format!("--store sqlite:{path}"), told(&error))),
    }
}

async fn redis(url: &str, how: How, time: Duration) -> Result<RedisBackend, StartError> {
    let replication = match how.redis_replicas {
        0 => Replication::asynchronous(),
        replicas => Replication::synchronous(replicas, time).of_all_writes().required(),
    };
    let backend = RedisBackend::builder(url).replication(replication).build().map_err(refused)?;
    how.reached(backend.connect().await)?;
    Ok(backend)
}

/// The store of tower-sessions-redis-store, with weaker promises.
async fn tower_redis(url: &str, how: How) -> Result<Arc<dyn Backend>, StartError> {
    let store = TowerRedis::builder(url).build().map_err(refused)?;
    how.share(store.connect().await.map_err(|error| refused(told(&error)))?)
}

async fn mysql(url: &str, how: How) -> Result<Arc<dyn Backend>, StartError> {
    let backend = MySqlBackend::builder(url).build().map_err(refused)?;
    how.reached(backend.migrate().await)?;
    how.share(backend)
}

async fn postgres(url: &str, how: How) -> Result<Arc<dyn Backend>, StartError> {
    let backend = PostgresBackend::builder(url).build().map_err(refused)?;
    how.reached(backend.migrate().await)?;
    how.share(backend)
}

fn refused(reason: impl Display) -> StartError {
    StartError::about("--store", reason)
}

/// With its cause, in one line.
fn told(error: &BackendError) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// Never fails: what is wrong, [`open`](Store::open) says, without the address.
impl FromStr for Store {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            "sqlite" => f.write_str(&self.0),
            _ if self.is_fleeting() => f.write_str(&self.0),
            kind => write!(f, "{kind}:…"),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({self})")
    }
}
