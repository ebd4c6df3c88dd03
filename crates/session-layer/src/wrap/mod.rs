//! Backends made of backends.

pub mod failover;
pub mod near_cache;
#[cfg(feature = "metrics")]
mod observed;

pub use failover::{Failover, FailoverBuilder};
pub use near_cache::{NearCache, NearCacheBuilder};
#[cfg(feature = "metrics")]
pub(crate) use observed::Observed;
