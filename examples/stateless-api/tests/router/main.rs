//! The routes, without a socket.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod errors;
mod headers;
mod health;
mod keys;
mod login;
mod me;
mod orders;
mod pem_key;
mod service;
mod sticky;
mod throttle;
mod token_binding;
