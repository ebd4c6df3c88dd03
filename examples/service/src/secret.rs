use std::fmt::Display;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};

use crate::StartError;

/// The least that a file with a secret holds.
const SHORTEST: usize = 32;

/// A secret of 32 bytes made of all that is in the file which `option` names, without a newline at
/// its end; a random one if it names none.
///
/// # Errors
/// If the file can't be read, or holds less than 32 bytes.
pub fn secret_of(option: &str, file: Option<&Path>) -> Result<[u8; 32], StartError> {
    let Some(path) = file else { return random(option) };
    let refused =
        |error: &dyn Display| StartError::about(format!("{option} {}", path.display()), error);
    let bytes = std::fs::read(path).map_err(|error| refused(&error))?;
    let text = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if text.len() < SHORTEST {
        return Err(refused(&"a secret has 32 random bytes or more"));
    }
    digest(&SHA256, text).as_ref().try_into().map_err(|error| refused(&error))
}

fn random(option: &str) -> Result<[u8; 32], StartError> {
    let mut secret = [0; 32];
    let failed = |_| StartError::about(option, "the system gives no random bytes");
    aws_lc_rs::rand::fill(&mut secret).map_err(failed)?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<[u8; 32], StartError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, text).unwrap();
        secret_of("--key", Some(&path))
    }

    #[test]
    fn a_file_is_one_secret_with_and_without_a_newline() {
        let text = "0123456789abcdef0123456789abcdef";
        let secrets = [text, &format!("{text}\n"), &format!("{text}\r\n")].map(of);
        assert!(secrets.iter().all(|secret| *secret == secrets[0]));
        assert_ne!(of(&text.repeat(2)), secrets[0]);
    }

    #[test]
    fn a_file_that_is_too_short_or_not_there_is_refused() {
        let error = of("0123456789abcdef0123456789abcde\n").unwrap_err().to_string();
        assert!(error.ends_with("key: a secret has 32 random bytes or more"), "{error}");
        let error = secret_of("--key", Some(Path::new("/nowhere/key"))).unwrap_err().to_string();
        assert!(error.starts_with("--key /nowhere/key: "), "{error}");
    }

    #[test]
    fn without_a_file_each_is_another() {
        assert_ne!(secret_of("--key", None).unwrap(), secret_of("--key", None).unwrap());
    }
}
