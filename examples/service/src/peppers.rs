use std::path::Path;

use guard_layer::Peppers;

use crate::{StartError, secret_of};

/// The peppers of a guard, of the secret in the file which `option` names; of a random one if it names
/// none. A pepper is called by the start of its secret, so that what was made with another one is
/// known to be unreadable.
///
/// # Errors
/// As of [`secret_of`].
pub fn peppers_of(option: &str, file: Option<&Path>) -> Result<Peppers, StartError> {
    let secret = secret_of(option, file)?;
    let [first, second, ..] = secret;
    Ok(Peppers::new(u16::from_be_bytes([first, second]), &secret))
}
