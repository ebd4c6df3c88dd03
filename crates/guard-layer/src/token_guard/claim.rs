use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::fingerprint::FingerprintHash;
use crate::memory::Memory;
use crate::pepper::Peppers;

/// What a token says of the request that it was issued at.
///
/// It is keyed hashes, and encrypted: whoever gets hold of a token, or of many, learns nothing of
/// where its user was, and whether two users were at the same place. The key is of the pepper and of
/// the user, so that it is of no use in the token of another one, whoever signs that.
///
/// Sealed is, in base64url: the format (2), the pepper's number (2 bytes), the nonce (12 bytes), the
/// ciphertext and its tag (16 bytes).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Claim {
    pub(super) fingerprint: Option<FingerprintHash>,
    pub(super) memory: Memory,
}

/// Enums are written by the position of their variant: who inserts one raises this.
const FORMAT: u8 = 2;

impl Claim {
    /// None if the system has no randomness to give.
    pub(super) fn seal(&self, user: &str, peppers: &Peppers) -> Option<String> {
        let pepper = self.memory.pepper;
        let mut text = postcard::to_allocvec(self).ok()?;
        let key = key(peppers, pepper, user)?;
        let nonce = key.seal_in_place_append_tag(Aad::empty(), &mut text).ok()?;
        let sealed = [&[FORMAT], &pepper.to_be_bytes()[..], nonce.as_ref(), &text].concat();
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// None if it was made for another user, by somebody else, or with a pepper that is gone.
    pub(super) fn open(sealed: &str, user: &str, peppers: &Peppers) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (format, rest) = sealed.split_first()?;
        let (pepper, rest) = rest.split_first_chunk()?;
        let (nonce, text) = rest.split_first_chunk::<12>()?;
        let key = key(peppers, u16::from_be_bytes(*pepper), user).filter(|_| *format == FORMAT)?;
        let mut text = text.to_vec();
        let plain = key.open_in_place(Nonce::from(nonce), Aad::empty(), &mut text).ok()?;
        let claim: Self = postcard::from_bytes(plain).ok()?;
        Some(claim.at_rest())
    }

    /// A token is not written to, so that nobody knows when it was used last.
    fn at_rest(mut self) -> Self {
        self.memory.seen = u64::MAX;
        self
    }
}

fn key(peppers: &Peppers, pepper: u16, user: &str) -> Option<RandomizedNonceKey> {
    let key = peppers.encryption_key(pepper, user.as_bytes())?;
    RandomizedNonceKey::new(&AES_256_GCM, &key).ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use proptest::prelude::*;

    use super::*;
    use crate::facts::{Facts, Place};
    use crate::shown::Shown;
    use crate::token_guard::fingerprint::Fingerprint;

    const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    fn peppers() -> Peppers {
        Peppers::new(1, &[7; 32])
    }

    /// With all that there can be.
    fn claim() -> Claim {
        let facts = Facts {
            address: Some([198, 51, 100, 7].into()),
            user_agent: Some(AGENT),
            accept_language: Some("de-DE,de;q=0.9"),
            tls_fingerprint: Some("t13d1516h2_8daaf6152771"),
            place: Some(Place {
                country: Some(['D', 'E']),
                asn: Some(4_200_000_000),
                position: Some((52.517_03, 13.388_86)),
            }),
            ..Facts::default()
        };
        let now = UNIX_EPOCH + Duration::from_secs(1 << 31);
        let shown = Shown::first(&facts, now, &peppers()).with_exact(&facts, &peppers());
        let memory = Memory::of(&shown);
        Claim { fingerprint: Fingerprint::draw().unwrap().hash(), memory }
    }

    fn sealed() -> String {
        claim().seal("alice", &peppers()).unwrap()
    }

    fn opens(sealed: &str, user: &str, peppers: &Peppers) -> bool {
        Claim::open(sealed, user, peppers).is_some()
    }

    #[test]
    fn a_claim_is_opened_as_it_was_sealed_but_for_its_last_use() {
        let claim = claim();
        let opened = Claim::open(&claim.seal("alice", &peppers()).unwrap(), "alice", &peppers());
        assert_eq!(opened, Some(claim.at_rest()));
    }

    /// In a token it is encoded once more, which makes three bytes four.
    #[test]
    fn a_claim_makes_a_token_longer_by_less_than_400_bytes() {
        let member = format!(r#","bound_to":"{}""#, sealed());
        assert!(member.len() * 4 / 3 < 400, "{}", member.len() * 4 / 3);
    }

    #[test]
    fn a_claim_of_another_user_is_not_opened() {
        assert!(!opens(&sealed(), "bob", &peppers()));
    }

    #[test]
    fn a_claim_is_opened_for_as_long_as_its_pepper_is_there() {
        let rotated = Peppers::new(2, &[8; 32]);
        assert!(!opens(&sealed(), "alice", &rotated));
        assert!(opens(&sealed(), "alice", &rotated.also(1, &[7; 32])));
    }

    #[test]
    fn a_claim_that_another_pepper_of_the_same_number_has_sealed_is_not_opened() {
        assert!(!opens(&sealed(), "alice", &Peppers::new(1, &[8; 32])));
    }

    #[test]
    fn no_bit_of_a_claim_can_be_changed_and_nothing_cut_off() {
        let sealed = URL_SAFE_NO_PAD.decode(sealed()).unwrap();
        for at in 0..sealed.len() {
            let mut other = sealed.clone();
            other[at] ^= 1;
            assert!(!opens(&URL_SAFE_NO_PAD.encode(&other), "alice", &peppers()), "byte {at}");
            let cut = URL_SAFE_NO_PAD.encode(&sealed[..at]);
            assert!(!opens(&cut, "alice", &peppers()), "length {at}");
        }
    }

    #[test]
    fn two_claims_of_the_same_request_have_nothing_in_common_but_the_pepper() {
        let claim = claim();
        let seal = || URL_SAFE_NO_PAD.decode(claim.seal("alice", &peppers()).unwrap()).unwrap();
        let (one, other) = (seal(), seal());
        let same = one.iter().zip(&other).skip(3).filter(|(a, b)| a == b).count();
        assert!(same < one.len() / 8, "{same} of {}", one.len());
    }

    proptest! {
        #[test]
        fn no_text_is_taken_for_a_claim(text in "\\PC{0,300}", bytes: Vec<u8>) {
            prop_assert!(!opens(&text, "alice", &peppers()));
            prop_assert!(!opens(&URL_SAFE_NO_PAD.encode(bytes), "alice", &peppers()));
        }
    }
}
