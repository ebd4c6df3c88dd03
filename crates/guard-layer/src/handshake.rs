use serde::{Deserialize, Serialize};

use crate::pepper::Tag;

/// What a TLS fingerprint says of whoever shook hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handshake {
    /// It is that of QUIC, which a browser shakes hands for in another way than for TCP.
    pub(crate) quic: bool,
    /// The ciphers of a JA4, as its extensions differ from a first handshake to one that resumes
    /// another; the whole of any other fingerprint.
    pub(crate) stack: Tag,
}

/// What is remembered of handshakes: the stack that they were of, for TCP and for QUIC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stacks {
    #[serde(rename = "t")]
    tcp: Option<Tag>,
    #[serde(rename = "q")]
    quic: Option<Tag>,
}

impl Stacks {
    /// That of the same transport.
    pub(crate) fn like(&self, shown: Handshake) -> Option<Tag> {
        if shown.quic { self.quic } else { self.tcp }
    }

    /// Whether there is none of the same transport yet.
    pub(crate) fn lacks(&self, shown: Option<Handshake>) -> bool {
        shown.is_some_and(|shown| self.like(shown).is_none())
    }

    /// What shook hands. A browser is the same in QUIC as in TCP, if it is as remembered there.
    pub(crate) fn stack_of(&self, shown: Option<Handshake>) -> Option<Tag> {
        match shown {
            Some(shown) if !shown.quic => Some(shown.stack),
            Some(shown) if self.quic.is_some_and(|stack| stack != shown.stack) => Some(shown.stack),
            _ => self.tcp,
        }
    }

    /// With a new version of the browser, which may shake hands in another way in either.
    pub(crate) fn renewed_by(self, shown: Option<Handshake>) -> Self {
        if shown.is_some() { shown.into() } else { self }
    }

    /// With this one instead of that of the same transport.
    pub(crate) fn replaced_by(self, shown: Option<Handshake>) -> Self {
        match shown {
            Some(Handshake { quic: false, stack }) => Self { tcp: Some(stack), ..self },
            Some(Handshake { quic: true, stack }) => Self { quic: Some(stack), ..self },
            None => self,
        }
    }

    /// Adds it, if there is none of the same transport yet.
    pub(crate) fn with(self, shown: Option<Handshake>) -> Self {
        if self.lacks(shown) { self.replaced_by(shown) } else { self }
    }
}

impl From<Option<Handshake>> for Stacks {
    fn from(shown: Option<Handshake>) -> Self {
        Self::default().with(shown)
    }
}

impl Handshake {
    pub(crate) fn read(print: &str, tag: impl FnOnce(&[u8]) -> Option<Tag>) -> Option<Self> {
        let stack = tag(ciphers(print).unwrap_or(print).as_bytes())?;
        Some(Self { quic: is_quic(print), stack })
    }
}

/// `t13d1516h2_8daaf6152771_02713d6af862`: transport, version and counts, ciphers, extensions.
fn ciphers(print: &str) -> Option<&str> {
    let mut parts = print.split('_');
    let (first, ciphers, extensions) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hash =
        |part: &str| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_ja4 = first.len() == 10 && is_hash(ciphers) && is_hash(extensions);
    (is_ja4 && parts.next().is_none()).then_some(ciphers)
}

fn is_quic(print: &str) -> bool {
    let version = print.strip_prefix('q').and_then(|rest| rest.get(..2));
    version.is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pepper::Peppers;

    const FIRST: &str = "t13d1516h2_8daaf6152771_02713d6af862";
    const RESUMED: &str = "t13d1517h2_8daaf6152771_b1ff8ab2d16f";
    const QUIC: &str = "q13d0312h3_55b375c5d22e_06cda9e17597";

    fn read(print: &str) -> Handshake {
        let peppers = Peppers::new(1, &[1; 32]);
        Handshake::read(print, |bytes| peppers.tag(1, 0, bytes)).unwrap()
    }

    #[test]
    fn a_handshake_that_resumes_another_is_of_the_same_stack() {
        assert_eq!(read(FIRST), read(RESUMED));
    }

    #[test]
    fn other_ciphers_are_another_stack() {
        assert_ne!(read(FIRST).stack, read("t13d1516h2_5b57614c22b0_02713d6af862").stack);
    }

    #[test]
    fn a_fingerprint_that_is_no_ja4_is_compared_as_a_whole() {
        for [one, other] in [["t13d_a_b", "t13d_a_c"], ["e7d705a3286e19ea42f587b344ee6865", "e7"]] {
            assert_ne!(read(one), read(other));
        }
    }

    #[test]
    fn the_handshake_of_quic_is_told_from_that_of_tcp() {
        assert!(read(QUIC).quic && !read(FIRST).quic && !read("quic").quic && !read("q").quic);
    }
}
