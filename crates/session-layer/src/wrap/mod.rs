//! Backends made of backends.

pub mod failover;
pub mod near_cache;

pub use failover::{Failover, FailoverBuilder};
pub use near_cache::{NearCache, NearCacheBuilder};
