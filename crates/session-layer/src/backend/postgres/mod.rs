//! Sessions in PostgreSQL (feature `postgres`).
//!
//! ```no_run
//! # async fn open() -> Result<(), Box<dyn std::error::Error>> {
//! use session_layer::backend::postgres::PostgresBackend;
//!
//! let backend = PostgresBackend::builder("postgres://shop:secret@db.internal/shop").build()?;
//! backend.migrate().await?;
//! # Ok(())
//! # }
//! ```
//!
//! - One table, `sessions`, by key; its columns are explained in
//!   `migrations/postgres/0001_sessions.sql`. Besides, `session_migrations`. They are in the schema
//!   that comes first in the user's `search_path`, which the URL can set:
//!   `?options[search_path]=sessions`.
//! - A load is one prepared statement, an update and a touch are one each, committed by itself. What
//!   a cap, a rotation, an end or a sweep takes is a transaction, which is run again as a whole after
//!   a deadlock or a lock that is not to be had. A user's sessions are counted under an advisory lock.
//! - Times are the server's.
//! - What is acknowledged is as durable as the server makes a commit (`synchronous_commit`), and no
//!   more: a standby may be behind.
//! - Of the server's settings none matters: isolation and limits are set for each connection. A
//!   pooler in between has to keep them, and prepared statements, with the client: PgBouncer with
//!   `pool_mode = session`.
//! - [`Stats::live`](super::Stats::live) is counted up to 10,000. Beyond, it is the planner's
//!   estimate of the table's rows, expired ones and tombstones included, which is as good as the
//!   last `ANALYZE`.

mod backend;
mod builder;
mod fault;
mod migrate;
mod server;
mod sql;
mod statements;

pub use backend::PostgresBackend;
pub use builder::PostgresBuilder;
