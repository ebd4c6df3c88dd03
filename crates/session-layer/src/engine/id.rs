use std::fmt;

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::backend::SessionKey;

/// A session's id as only its client has it: 24 random bytes in base64url, 32 characters, of which
/// every one is a spelling of its own.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionId(Box<str>);

impl SessionId {
    /// A new id; none if the system has no randomness to give.
    pub(crate) fn generate() -> Option<Self> {
        let mut bytes = [0; BYTES];
        rand::fill(&mut bytes).ok()?;
        Some(Self(URL_SAFE_NO_PAD.encode(bytes).into()))
    }

    /// The id that a client sent; none for what can not be one.
    pub(crate) fn parse(sent: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (sent.len() == LENGTH && sent.bytes().all(is_digit)).then(|| Self(sent.into()))
    }

    /// The id that a layer of tower-sessions has given, which we know the session by until it gets
    /// one of ours.
    pub(crate) fn of_predecessor(id: tower_sessions_core::session::Id) -> Self {
        Self(id.to_string().into())
    }

    pub(crate) fn key(&self) -> SessionKey {
        SessionKey::of_id(&self.0)
    }

    /// The id itself, for the client's cookie and nobody else.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(…)")
    }
}

const BYTES: usize = 24;
/// Of an id's text.
pub(crate) const LENGTH: usize = 32;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_id_has_192_random_bits_and_never_comes_twice() {
        let ids: HashSet<_> =
            (0..10_000).map(|_| SessionId::generate().unwrap().expose().to_owned()).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| URL_SAFE_NO_PAD.decode(id).unwrap().len() == 24));
    }

    #[test]
    fn every_bit_of_an_id_is_set_half_of_the_time() {
        let mut set = [0_u32; 192];
        for _ in 0..4_000 {
            let id = SessionId::generate().unwrap();
            for (byte, value) in URL_SAFE_NO_PAD.decode(id.expose()).unwrap().iter().enumerate() {
                (0..8).for_each(|bit| set[byte * 8 + bit] += u32::from(value >> bit & 1));
            }
        }
        // Six standard deviations of 32 each.
        assert!(set.iter().all(|count| (1_808..=2_192).contains(count)), "{set:?}");
    }

    #[test]
    fn what_was_generated_is_understood() {
        let id = SessionId::generate().unwrap();
        assert_eq!(SessionId::parse(id.expose()).unwrap().key(), id.key());
    }

    #[test]
    fn what_can_not_be_an_id_is_none() {
        let long = "a".repeat(100_000);
        let texts = ["", "a", "a b", &long, &"a".repeat(31), &"a".repeat(33), &"\u{e9}".repeat(16)];
        for text in texts
            .into_iter()
            .chain(["' OR 1=1 --                     ", "../../../../../../../../../../.."])
        {
            assert_eq!(SessionId::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn no_debug_output_shows_an_id() {
        assert_eq!(format!("{:?}", SessionId::generate().unwrap()), "SessionId(…)");
    }
}
