mod builder;
mod connected;

pub use builder::TowerRedisBuilder;

use std::fmt;
use std::time::Duration;

use connected::{Connected, Task};
use tokio::time::timeout;
use tower_sessions_core::session_store::Error as StoreError;
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::clients::Client;
use tower_sessions_redis_store::fred::error::Error;
use tower_sessions_redis_store::fred::interfaces::ClientLike;
use tower_sessions_redis_store::fred::types::config::{
    Config, ConnectionConfig, PerformanceConfig, ReconnectPolicy, UnresponsiveConfig,
};

use super::TowerBackend;
use super::fault::{backend_error, timed_out};
use crate::backend::BackendError;

/// The `RedisStore` of tower-sessions-redis-store 0.16 as a [`TowerBackend`], ready-made from a
/// URL; it was checked, and [connects](Self::connect).
///
/// It is for who can't leave that store yet: `RedisBackend` keeps the promises that a
/// [`TowerBackend`] weakens, in half of the round trips.
pub struct TowerRedis {
    config: Config,
    timeout: Duration,
    connect_timeout: Duration,
}

impl TowerRedis {
    /// Configures one for this URL: `tower+redis://user:password@host:6379/0`, or `tower+rediss://`
    /// for TLS.
    pub fn builder(url: impl Into<String>) -> TowerRedisBuilder {
        TowerRedisBuilder::new(url.into())
    }

    /// Connects, on this runtime, which has to outlive the backend. From then on it connects again
    /// by itself whenever the connection is lost, as long as it takes, with growing pauses of at
    /// most 2 s.
    ///
    /// # Errors
    /// Redis can't be reached, or refuses the login.
    pub async fn connect(self) -> Result<TowerBackend, BackendError> {
        let Self { config, timeout: deadline, connect_timeout } = self;
        let performance =
            PerformanceConfig { default_command_timeout: deadline, ..Default::default() };
        let policy = ReconnectPolicy::new_exponential(FOR_EVER, 50, 2_000, 2);
        let connection = connection(deadline, connect_timeout);
        let client = Client::new(config, Some(performance), Some(connection), Some(policy));
        let mut task = Task(client.connect());
        let connected = async {
            tokio::select! {
                connected = client.wait_for_connect() => connected,
                // It ends only if it could not connect.
                ended = &mut task.0 => ended.unwrap_or_else(|_| Err(Error::new_canceled())),
            }
        };
        // With the login, and the choice of a database.
        match timeout(connect_timeout, connected).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(backend_error(StoreError::Backend(error.to_string()))),
            Err(_) => return Err(timed_out()),
        }
        let store = Connected { store: RedisStore::new(client), _task: task };
        Ok(TowerBackend::builder(store).timeout(deadline).finish())
    }
}

/// A number of attempts.
const FOR_EVER: u32 = 0;

/// What is sent and gets no answer is not sent again: it may have happened, and other instances
/// may have gone on from there.
fn connection(deadline: Duration, connect_timeout: Duration) -> ConnectionConfig {
    let unresponsive =
        UnresponsiveConfig { max_timeout: Some(deadline * 2), interval: deadline / 2 };
    ConnectionConfig {
        connection_timeout: connect_timeout,
        internal_command_timeout: connect_timeout,
        max_command_attempts: 1,
        unresponsive,
        ..ConnectionConfig::default()
    }
}

/// Without the login.
impl fmt::Debug for TowerRedis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerRedis")
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .finish_non_exhaustive()
    }
}
