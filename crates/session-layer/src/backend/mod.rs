//! Where sessions are kept: the [`Backend`] contract, and a backend for each engine.
//!
//! Backends are for a [`SessionLayer`](crate::SessionLayer); an application needs the types of
//! this module only to configure one or to write one of its own.

mod contract;
mod error;
mod key;
mod memory;
mod outcome;
mod payload;
mod record;
#[cfg(feature = "sqlite")]
pub mod sqlite;

pub use contract::{Backend, Stats};
pub use error::{BackendError, BackendErrorKind};
pub use key::{SessionKey, UserId};
pub use memory::{MemoryBackend, MemoryBuilder};
pub use outcome::{Created, Loaded, Missing, Rotated, Updated};
pub use payload::Payload;
pub use record::{Cap, CapPolicy, Change, Draft, Found, Lifetime, Record, Rotation, RotationKind};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteBackend;

use std::time::Duration;

/// How long a key that had a session is remembered: longer than any request is in flight, and
/// than clocks may be apart. The least of what the contract calls a tombstone's life.
pub const TOMBSTONE_LIFE: Duration = Duration::from_secs(120);
