//! Authorizing by what a token grants: its scopes and its roles.

mod layer;
mod permit;
mod requirement;

pub use layer::RequireLayer;
pub use permit::{Both, Either, Guard, Permit};
pub use requirement::Requirement;
