//! Sessions in an SQLite file: the contract, several processes on one file, and what can happen to
//! a process, a file and a disk.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "tests, and their numbers are small"
)]

mod child;
mod damage;
mod full_disk;
mod killed;
mod locked;
mod moved;
mod one_handle;
mod opening;
mod processes;
mod sample;
mod subject;
mod two_handles;
