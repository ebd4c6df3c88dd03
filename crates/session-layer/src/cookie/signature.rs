use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{ConfigError, ConfigErrorKind};

/// Signs the values of one cookie, and believes what older keys have signed.
pub(crate) struct Signer {
    cookie_name: String,
    key: hmac::Key,
    older_keys: Vec<hmac::Key>,
}

/// Which key has made a good signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignedBy {
    Current,
    Older,
}

impl Signer {
    pub(crate) fn new(
        cookie_name: &str,
        key: &[u8],
        older_keys: &[Vec<u8>],
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            cookie_name: cookie_name.into(),
            key: prepare(key)?,
            older_keys: older_keys.iter().map(|key| prepare(key)).collect::<Result<_, _>>()?,
        })
    }

    /// The signed value: the value, a dot, and the signature.
    pub(crate) fn sign(&self, value: &str) -> String {
        let signature = hmac::sign(&self.key, self.message(value).as_bytes());
        format!("{value}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The value that was signed; none if no key has signed it.
    pub(crate) fn verify<'a>(&self, signed: &'a str) -> Option<(&'a str, SignedBy)> {
        let (value, signature) = signed.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let message = self.message(value);
        // Compares in constant time.
        let is_by = |key| hmac::verify(key, message.as_bytes(), &signature).is_ok();
        if is_by(&self.key) {
            return Some((value, SignedBy::Current));
        }
        self.older_keys.iter().any(is_by).then_some((value, SignedBy::Older))
    }

    /// The cookie's name is signed too, so that one key can serve two cookies. It has no `=`.
    fn message(&self, value: &str) -> String {
        format!("{}={value}", self.cookie_name)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("older_keys", &self.older_keys.len()).finish_non_exhaustive()
    }
}

fn prepare(key: &[u8]) -> Result<hmac::Key, ConfigError> {
    if key.len() < SHORTEST_KEY {
        let message = "a signing key has fewer than 32 bytes: make one of 32 random bytes";
        return Err(ConfigError::new(ConfigErrorKind::ShortKey, message));
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, key))
}

/// As long as the hash (RFC 2104 section 3).
const SHORTEST_KEY: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(key: u8, older_keys: &[u8]) -> Signer {
        let older_keys: Vec<_> = older_keys.iter().map(|key| vec![*key; 32]).collect();
        Signer::new("srv_id", &[key; 32], &older_keys).unwrap()
    }

    #[test]
    fn a_name_with_dots_is_signed_and_read_back() {
        let value = signer(1, &[]).sign("api-1.example.com");
        let read = signer(1, &[]).verify(&value);
        assert_eq!(read, Some(("api-1.example.com", SignedBy::Current)));
    }

    #[test]
    fn an_older_key_is_believed_and_told_apart() {
        let value = signer(1, &[]).sign("api-1");
        assert_eq!(signer(2, &[3, 1]).verify(&value), Some(("api-1", SignedBy::Older)));
    }

    #[test]
    fn an_unknown_key_is_not_believed() {
        assert_eq!(signer(2, &[3]).verify(&signer(1, &[]).sign("api-1")), None);
    }

    #[test]
    fn another_name_under_the_same_signature_is_not_believed() {
        let value = signer(1, &[]).sign("api-1").replace("api-1", "api-2");
        assert_eq!(signer(1, &[]).verify(&value), None);
    }

    #[test]
    fn a_signature_for_another_cookie_is_not_believed() {
        let other = Signer::new("other", &[1; 32], &[]).unwrap().sign("api-1");
        assert_eq!(signer(1, &[]).verify(&other), None);
    }

    #[test]
    fn a_missing_or_cut_or_padded_signature_is_not_believed() {
        let whole = signer(1, &[]).sign("api-1");
        let cut = whole.split_at(whole.len() - 1).0.to_owned();
        for value in ["api-1", "api-1.", ".", "", &cut, &format!("{whole}=")] {
            assert_eq!(signer(1, &[]).verify(value), None, "{value}");
        }
    }
}
