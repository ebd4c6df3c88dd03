//! Passwords: hashing with argon2id, and checking against a hash in PHC format.

use std::fmt;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use crate::StartError;

/// The hash of a password. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub(crate) struct PasswordHash(Phc);

impl PasswordHash {
    /// Hashes a password with argon2id and the parameters that OWASP recommends (19 MiB, 2 rounds).
    pub(crate) fn of(password: &str) -> Result<Self, StartError> {
        let mut salt = [0; 16];
        let failed = "the password could not be hashed";
        aws_lc_rs::rand::fill(&mut salt).map_err(|_| StartError::new(failed))?;
        let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(Self).map_err(|_| StartError::new(failed))
    }

    /// Reads a hash in PHC format.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let refused = "this is no argon2 hash in PHC format, `$argon2id$v=19$…`";
        let hash = Phc::new(text).map_err(|_| refused)?;
        let whole = hash.salt.is_some() && hash.hash.is_some();
        if !whole || argon2::Algorithm::try_from(hash.algorithm.as_str()).is_err() {
            return Err(refused);
        }
        argon2::Params::try_from(&hash).map_err(|_| refused)?;
        Ok(Self(hash))
    }

    /// Whether it is the hash of this password. Takes long, on purpose.
    pub(crate) fn matches(&self, password: &str) -> bool {
        Argon2::default().verify_password(password.as_bytes(), &self.0).is_ok()
    }

    /// What decides how long [`matches`](Self::matches) takes.
    pub(crate) fn cost(&self) -> String {
        format!("{}${}", self.0.algorithm, self.0.params)
    }

    /// The hash in PHC format.
    pub(crate) fn phc(&self) -> String {
        self.0.to_string()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WONDERLAND: &str = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$ZdTDOD1u3qf0w1IlsXp74VMdAj8n5ZlUe4Oe0YrlDOs";

    #[test]
    fn a_hash_matches_its_password_and_no_other() {
        let hash = PasswordHash::of("wonderland").unwrap();
        let read = PasswordHash::parse(&hash.phc()).unwrap();
        assert!(read.matches("wonderland"));
        assert!(!read.matches("wonderlan"));
    }

    #[test]
    fn what_is_no_argon2_hash_is_refused() {
        let without_hash = WONDERLAND.rsplit_once('$').unwrap().0;
        for text in ["", "secret", "$2b$12$abc", "$scrypt$ln=1$c29tZXNhbHQ$aGFzaA", without_hash] {
            assert!(PasswordHash::parse(text).is_err(), "{text}");
        }
        assert!(PasswordHash::parse(WONDERLAND).is_ok());
    }

    #[test]
    fn debug_output_shows_no_hash() {
        let hash = PasswordHash::parse(WONDERLAND).unwrap();
        assert_eq!(format!("{hash:?}"), "PasswordHash");
    }
}
