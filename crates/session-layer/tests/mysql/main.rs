//! Sessions in MariaDB.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod conformance;
mod defaults;
mod engine;
mod galera;
#[path = "../sql/mod.rs"]
mod sql;
