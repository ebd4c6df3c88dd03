//! Ending tokens before they expire.

mod list;

pub use list::RevocationList;
