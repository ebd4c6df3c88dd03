//! Sessions in MySQL 8 or MariaDB (feature `mysql`).
//!
//! ```no_run
//! # async fn open() -> Result<(), Box<dyn std::error::Error>> {
//! use session_layer::backend::mysql::MySqlBackend;
//!
//! let backend = MySqlBackend::builder("mysql://shop:secret@db.internal/shop").build()?;
//! backend.migrate().await?;
//! # Ok(())
//! # }
//! ```
//!
//! - One table, `sessions`, by key; its columns are explained in
//!   `migrations/mysql/0001_sessions.sql`. Besides, `session_locks` and `session_migrations`.
//! - A load is one prepared statement, an update and a touch are one each, committed by itself. What
//!   a cap, a rotation, an end or a sweep takes is a transaction, which is run again as a whole after
//!   a deadlock, a lock that is not to be had, or a failed certification of Galera.
//! - Of a Galera cluster, any node may be written to, and each sees what was acknowledged by any
//!   other (`wsrep_sync_wait`). A change that was under way when a node was lost is tried again on
//!   another one, and fails only where nobody can know whether it was done. A replica that follows
//!   by itself is for an administrator to promote; as a second store that takes over by itself,
//!   give a [`Failover`](crate::wrap::Failover) another server.
//! - Times are the server's. The servers of a cluster should keep theirs together, by NTP.
//! - What is acknowledged is as durable as the server makes a commit
//!   (`innodb_flush_log_at_trx_commit`, `sync_binlog`), and no more: a replica may be behind.
//! - Of the server's settings none matters but `binlog_format`, which may not be `STATEMENT`: time
//!   zone, SQL mode and isolation are set for each connection, and so is `wsrep_sync_wait` on Galera,
//!   so that a session that was created on one node is found on all.
//! - [`Stats::live`](super::Stats::live) is counted up to 10,000. Beyond, it is the estimate that
//!   InnoDB keeps of the table's rows, expired ones and tombstones included.

mod backend;
mod builder;
mod fault;
mod migrate;
mod nodes;
mod server;
mod sql;
mod statements;

pub use backend::MySqlBackend;
pub use builder::{MySqlBuilder, StorageEngine};
