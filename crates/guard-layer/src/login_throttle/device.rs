use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::keys::Keys;

/// What a client keeps that has logged in once, such as in a cookie: it says which account that was,
/// and opens nothing.
#[derive(Clone)]
pub(super) struct Device {
    nonce: [u8; NONCE],
}

const NONCE: usize = 16;

impl Device {
    /// A new one; none where the system has no random bytes.
    pub(super) fn draw() -> Option<Self> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        Some(Self { nonce })
    }

    /// The one that a client sends, if it was given to it for this account.
    pub(super) fn read(text: &str, account: &str, keys: &Keys) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, proof) = bytes.split_first_chunk::<NONCE>()?;
        keys.proves(account, nonce, proof).then_some(Self { nonce: *nonce })
    }

    pub(super) fn to_text(&self, account: &str, keys: &Keys) -> String {
        let proof = keys.proof(account, &self.nonce);
        URL_SAFE_NO_PAD.encode([self.nonce.as_slice(), &proof].concat())
    }

    pub(super) fn nonce(&self) -> &[u8] {
        &self.nonce
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Device")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_for_the_account_that_has_logged_in_on_it_alone() {
        let keys = Keys::new(&[7; 32]);
        let text = Device::draw().unwrap().to_text("alice", &keys);
        assert!(Device::read(&text, "alice", &keys).is_some());
        assert!(Device::read(&text, "bob", &keys).is_none());
        assert!(Device::read(&text, "alice", &Keys::new(&[8; 32])).is_none());
    }

    #[test]
    fn a_device_that_was_made_up_or_changed_is_not_known() {
        let keys = Keys::new(&[7; 32]);
        let text = Device::draw().unwrap().to_text("alice", &keys);
        let nonce_alone = URL_SAFE_NO_PAD.encode([0; NONCE]);
        for text in ["", "A", "\u{e9}", &nonce_alone, &text[1..], &format!("{text}AAAA")] {
            assert!(Device::read(text, "alice", &keys).is_none(), "{text}");
        }
    }
}
