//! Backends made of backends.

pub mod failover;

pub use failover::{Failover, FailoverBuilder};
