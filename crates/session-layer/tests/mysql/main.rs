//! Sessions in MariaDB.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod clock;
mod conformance;
mod defaults;
mod engine;
mod galera;
#[path = "../sql/mod.rs"]
mod sql;
