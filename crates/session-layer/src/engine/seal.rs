use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest::{SHA256, digest};

use crate::backend::SessionKey;

/// Encrypts payloads with AES-256-GCM, each bound to its session's key, so that nobody can put
/// one session's data under another's.
///
/// Sealed is: the format (1), four bytes of the encrypting key's hash, the nonce (12 bytes), the
/// ciphertext and its tag (16 bytes).
pub(crate) struct Sealer {
    current: SealingKey,
    older: Vec<SealingKey>,
}

struct SealingKey {
    name: [u8; 4],
    key: RandomizedNonceKey,
}

/// What was sealed can't be opened: the key is unknown, or it was tampered with.
#[derive(Debug)]
pub(crate) struct Unopened;

impl Sealer {
    /// A sealer that seals with the first key and opens what any has sealed.
    pub(crate) fn new(current: &[u8; 32], older: &[[u8; 32]]) -> Option<Self> {
        let older = older.iter().map(SealingKey::new).collect::<Option<_>>()?;
        Some(Self { current: SealingKey::new(current)?, older })
    }

    /// None if the system has no randomness to give.
    pub(crate) fn seal(&self, session: &SessionKey, plain: &[u8]) -> Option<Vec<u8>> {
        let mut text = plain.to_vec();
        let aad = Aad::from(session.as_bytes());
        let nonce = self.current.key.seal_in_place_append_tag(aad, &mut text).ok()?;
        let mut sealed = vec![FORMAT];
        sealed.extend_from_slice(&self.current.name);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.append(&mut text);
        Some(sealed)
    }

    pub(crate) fn open(&self, session: &SessionKey, sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
        let (format, rest) = sealed.split_first().ok_or(Unopened)?;
        let (name, rest) = rest.split_first_chunk::<4>().ok_or(Unopened)?;
        let (nonce, text) = rest.split_first_chunk::<12>().ok_or(Unopened)?;
        let key = self.key(name).filter(|_| *format == FORMAT).ok_or(Unopened)?;
        let mut text = text.to_vec();
        let aad = Aad::from(session.as_bytes());
        let plain = key.open_in_place(Nonce::from(nonce), aad, &mut text).map_err(|_| Unopened)?;
        let length = plain.len();
        text.truncate(length);
        Ok(text)
    }

    fn key(&self, name: &[u8; 4]) -> Option<&RandomizedNonceKey> {
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        keys.find(|key| key.name == *name).map(|key| &key.key)
    }
}

impl SealingKey {
    fn new(key: &[u8; 32]) -> Option<Self> {
        let hash = digest(&SHA256, key);
        let name = *hash.as_ref().first_chunk()?;
        Some(Self { name, key: RandomizedNonceKey::new(&AES_256_GCM, key).ok()? })
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("older_keys", &self.older.len()).finish_non_exhaustive()
    }
}

const FORMAT: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn session(id: &str) -> SessionKey {
        SessionKey::of_id(id)
    }

    #[test]
    fn what_was_sealed_is_opened_with_the_same_and_with_an_older_key() {
        let sealed = Sealer::new(&[1; 32], &[]).unwrap().seal(&session("a"), b"data").unwrap();
        for sealer in [Sealer::new(&[1; 32], &[]), Sealer::new(&[2; 32], &[[3; 32], [1; 32]])] {
            assert_eq!(sealer.unwrap().open(&session("a"), &sealed).unwrap(), b"data");
        }
    }

    #[test]
    fn an_unknown_key_opens_nothing() {
        let sealed = Sealer::new(&[1; 32], &[]).unwrap().seal(&session("a"), b"data").unwrap();
        assert!(Sealer::new(&[2; 32], &[]).unwrap().open(&session("a"), &sealed).is_err());
    }

    #[test]
    fn data_moved_to_another_session_is_not_opened() {
        let sealer = Sealer::new(&[1; 32], &[]).unwrap();
        let sealed = sealer.seal(&session("a"), b"data").unwrap();
        assert!(sealer.open(&session("b"), &sealed).is_err());
    }

    #[test]
    fn no_bit_of_it_can_be_changed_and_nothing_cut_off() {
        let sealer = Sealer::new(&[1; 32], &[]).unwrap();
        let sealed = sealer.seal(&session("a"), b"data").unwrap();
        for at in 0..sealed.len() {
            let mut other = sealed.clone();
            other[at] ^= 1;
            assert!(sealer.open(&session("a"), &other).is_err(), "byte {at}");
            assert!(sealer.open(&session("a"), &sealed[..at]).is_err(), "length {at}");
        }
    }

    #[test]
    fn the_same_data_is_sealed_differently_every_time() {
        let sealer = Sealer::new(&[1; 32], &[]).unwrap();
        let seal = || sealer.seal(&session("a"), b"data").unwrap();
        assert_ne!(seal(), seal());
    }
}
