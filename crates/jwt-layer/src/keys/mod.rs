//! Keys: what verifies, what signs, and sets of them that change while the program runs.

mod der;
mod jwk;
mod set;
mod signing;
mod source;
mod verifying;

pub use jwk::Jwk;
pub use set::KeySet;
pub use signing::SigningKey;
pub use source::KeySource;
pub use verifying::VerifyingKey;

pub(crate) use jwk::{JwkOrigin, usable_keys};
pub(crate) use set::Member;
pub(crate) use source::Refresh;
