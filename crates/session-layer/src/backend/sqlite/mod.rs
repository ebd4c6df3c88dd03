//! Sessions in an SQLite file: for a service on one machine, in one process or several.
//!
//! Nothing that was acknowledged is lost, whenever a process is killed; nor is it when the power
//! fails, unless [`durability`](SqliteBuilder::durability) says otherwise. The file is in SQLite's
//! WAL mode, so that reads never wait for writes. It belongs on a local disk: what processes share
//! of such a file is memory, which a network file system can't give them.
//!
//! ```no_run
//! use session_layer::backend::SqliteBackend;
//!
//! # async fn example() -> Result<(), session_layer::backend::BackendError> {
//! let backend = SqliteBackend::open("/var/lib/shop/sessions.db").await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Threads and deadlines
//!
//! One thread writes. On a runtime of several threads a load reads in place, as a page that is in
//! memory takes microseconds; after one that took more than a millisecond, loads go to four threads
//! that read, for ten times as long. A load that is in place when the disk hangs holds the thread
//! of the executor that it is on, without a deadline; all other verbs end within the
//! [`timeout`](SqliteBuilder::timeout). Changes that come at the same time are committed together:
//! they share one wait for the disk.
//!
//! # Several processes
//!
//! They may all have the file open at the same time; caps are exact across them. Who writes takes
//! turns: `sessions.db-turn` beside the file is the queue for it. Expiry is judged by the clock of
//! the machine, which they share.
//!
//! # What it refuses
//!
//! | what happened | error |
//! |---|---|
//! | the disk is full | `OutOfSpace`; sessions that are there can still be read, and all is well again when there is room |
//! | the file is damaged, or a row is none of ours | `Corrupt`, for what has to be read from there |
//! | another program has the file locked, or the disk is stuck | `Timeout` |
//! | the file or its folder can't be written, or a table is gone | `Refused` |
//! | it is a file of another program, or of a newer version of this crate | `Refused` at opening; it is left as it is |
//! | the file was moved, removed or replaced while it was open | `Unavailable` |
//!
//! # Space
//!
//! The file grows to what it has held at most, and gives room back to new sessions, not to the
//! disk. A session takes about 350 bytes and its content; see
//! [`sweep`](crate::backend::Backend::sweep).

#[cfg(not(unix))]
compile_error!("the feature `sqlite` needs the file locks and rights of Unix");

mod backend;
mod builder;
mod cap;
mod fault;
mod in_place;
mod life;
mod opening;
mod patience;
mod place;
mod read;
mod readers;
mod reading;
mod row;
mod schema;
mod time;
mod transaction;
mod turns;
mod write;
mod writer;

pub use backend::SqliteBackend;
pub use builder::{Durability, SqliteBuilder};
