//! Sessions in anyone's tower-sessions store, and ours as one of those.
//!
//! [`TowerBackend`] takes any [`SessionStore`](tower_sessions_core::SessionStore) for a
//! [`Backend`](super::Backend), and [`AsSessionStore`] any of our backends for a `SessionStore`.
//! Both are for what has to be one or the other; the backends of this crate promise more.

mod as_session_store;
mod backend;
mod builder;
mod entry;
mod fault;
mod locks;
mod read;
#[cfg(feature = "tower-redis")]
mod redis;
mod register;
mod restore;
mod rotate;
mod session;
mod shelf;
mod time;
mod write;

pub use as_session_store::AsSessionStore;
pub use backend::TowerBackend;
pub use builder::TowerBuilder;
#[cfg(feature = "tower-redis")]
pub use redis::{TowerRedis, TowerRedisBuilder};
