//! Keys: what verifies, what signs, and sets of them that change while the program runs.

mod der;
mod jwk;
#[cfg(feature = "remote")]
mod remote;
mod secret;
mod set;
mod signing;
mod source;
mod verifying;

pub use jwk::Jwk;
#[cfg(feature = "remote")]
pub use remote::{RemoteKeys, RemoteKeysBuilder};
pub use set::KeySet;
pub use signing::SigningKey;
pub use source::KeySource;
pub use verifying::VerifyingKey;

#[cfg(feature = "remote")]
pub(crate) use jwk::{Identity, LeftOut, Reading, read_set};
pub(crate) use jwk::{JwkOrigin, usable_keys};
pub(crate) use set::Member;
pub(crate) use source::Refresh;

/// The content of a file of the operator's.
fn read(path: &std::path::Path) -> Result<Vec<u8>, crate::ConfigError> {
    std::fs::read(path).map_err(|error| {
        crate::ConfigError::new(format!("{} can't be read: {error}", path.display()))
    })
}
