//! The console, without a browser: who sees what, and what it does.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod app;
mod client;
mod config;
mod events;
mod nodes;
mod overview;
mod permission;
mod sessions;
#[expect(dead_code, reason = "the tests of the layer need more of it")]
#[path = "../layer/spy.rs"]
mod spy;
