//! Where an address is, from files in the format of MaxMind's databases.
//!
//! `edition` is one file as it was read, with all that it says; `file` is the one that is in use, until
//! a newer one takes its place; `record` is what the layouts of several makers have in common.

mod database;
mod edition;
mod error;
mod file;
mod record;
mod value;

pub use database::PlaceDatabase;
pub use error::{PlaceDatabaseError, PlaceDatabaseErrorKind};
