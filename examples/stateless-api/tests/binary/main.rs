//! The program itself, started as its users start it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod bad_options;
mod drain;
mod exchange;
mod hash_password;
mod log_lines;
mod metrics;
mod program;
mod start;
mod throttle;
mod token_binding;
