//! Who is let try a password, and who has to wait.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod accounts;
mod addresses;
mod desk;
#[cfg(feature = "metrics")]
mod figures;
mod stores;
mod ways_in;
