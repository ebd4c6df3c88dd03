//! Sessions in MariaDB.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod conformance;
mod defaults;
mod engine;
#[path = "../sql/mod.rs"]
mod sql;
