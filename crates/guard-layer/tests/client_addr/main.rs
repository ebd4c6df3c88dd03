//! From where a request comes and to where, as a handler behind an axum router sees it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod check;
mod config;
mod forwarded;
mod missing_peer;
mod peer;
mod properties;
mod proxy_protocol;
mod socket;
mod target;
mod trust;
mod x_forwarded_for;
