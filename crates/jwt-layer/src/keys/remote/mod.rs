//! Keys that an issuer publishes, fetched and kept up to date in the background.

mod builder;
mod cache_control;
mod discovery;
mod endpoint;
mod failure;
mod fetch;
mod handle;
mod holdings;
mod quota;
mod schedule;
mod shared;
mod tls;
mod worker;

pub use builder::RemoteKeysBuilder;
pub use handle::RemoteKeys;
