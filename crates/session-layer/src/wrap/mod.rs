//! Backends made of backends.

pub mod near_cache;

pub use near_cache::{NearCache, NearCacheBuilder};
