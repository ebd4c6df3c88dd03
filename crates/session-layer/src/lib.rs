//! Tower layers for cookie-backed sessions and balancer stickiness.
//!
//! [`affinity`] names the instance that served a client in a cookie, so that a balancer can keep
//! the client there. [`backend`] is where sessions are kept.

pub mod affinity;
pub mod backend;
#[cfg(feature = "conformance")]
pub mod conformance;
mod cookie;
mod error;

pub use affinity::AffinityLayer;
pub use error::{ConfigError, ConfigErrorKind};
