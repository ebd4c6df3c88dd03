//! Where sessions are kept: the [`Backend`] contract, and a backend for each engine.
//!
//! Backends are for a [`SessionLayer`](crate::SessionLayer); an application needs the types of
//! this module only to configure one or to write one of its own.

mod contract;
mod error;
mod health;
mod key;
pub mod memory;
#[cfg(feature = "mysql")]
pub mod mysql;
mod outcome;
mod payload;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(any(feature = "mysql", feature = "redis"))]
mod race;
mod record;
#[cfg(feature = "redis")]
pub mod redis;
mod server_address;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod sql;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(feature = "tower-store")]
pub mod tower_store;

pub use contract::{Backend, Stats};
pub use error::{BackendError, BackendErrorKind};
pub use health::{Breaker, Health, HealthStatus, ReplicationLevel, StoreHealth};
pub use key::{SessionKey, UserId};
pub use memory::{MemoryBackend, MemoryBuilder};
#[cfg(feature = "mysql")]
pub use mysql::MySqlBackend;
pub use outcome::{Created, Loaded, Missing, Renewed, Rotated, Swept, Updated};
pub use payload::Payload;
#[cfg(feature = "postgres")]
pub use postgres::PostgresBackend;
pub use record::{Cap, CapPolicy, Change, Draft, Found, Lifetime, Record, Rotation, RotationKind};
#[cfg(feature = "redis")]
pub use redis::{RedisBackend, RedisBuilder, RedisLegacy, Replication, ReplicationStatus};
pub use server_address::ServerAddress;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteBackend;
#[cfg(feature = "tower-redis")]
pub use tower_store::TowerRedis;
#[cfg(feature = "tower-store")]
pub use tower_store::{AsSessionStore, TowerBackend};

use std::time::Duration;

/// How long a key that had a session is remembered: longer than any request is in flight, and
/// than clocks may be apart. The least of what the contract calls a tombstone's life.
pub const TOMBSTONE_LIFE: Duration = Duration::from_secs(120);
