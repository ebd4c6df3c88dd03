//! `TowerBackend` keeps what a tower-sessions store can keep, and `AsSessionStore` what a
//! tower-sessions layer can.

#![expect(clippy::unwrap_used, reason = "a test")]

mod as_session_store;
mod fixture;
mod gated;
mod promises;
mod redis;
mod tls;
mod unhurried;
mod weakened;
