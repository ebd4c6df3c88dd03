//! Tower layers for cookie-backed sessions and balancer stickiness.
//!
//! [`affinity`] names the instance that served a client in a cookie, so that a balancer can keep
//! the client there.

pub mod affinity;
mod cookie;
mod error;

pub use affinity::AffinityLayer;
pub use error::{ConfigError, ConfigErrorKind};
