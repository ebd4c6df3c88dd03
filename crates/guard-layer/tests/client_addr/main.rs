//! From where a request comes, as a handler behind an axum router sees it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod check;
mod config;
mod forwarded;
mod missing_peer;
mod peer;
mod properties;
mod socket;
mod trust;
mod x_forwarded_for;
