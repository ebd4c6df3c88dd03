use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::backend::{SessionKey, UserId};

/// What our keys in Redis are called.
#[derive(Clone, Debug)]
pub(super) struct Names {
    prefix: String,
    live: String,
    beside: String,
}

impl Names {
    pub(super) fn under(prefix: String) -> Self {
        let (live, beside) = (format!("{prefix}live"), format!("{prefix}beside"));
        Self { prefix, live, beside }
    }

    pub(super) fn prefix(&self) -> &[u8] {
        self.prefix.as_bytes()
    }

    /// A string for each session.
    pub(super) fn session(&self, key: &SessionKey) -> String {
        format!("{}s:{key}", self.prefix)
    }

    /// A sorted set for each user: the user's sessions in the order of their creation.
    pub(super) fn user(&self, user: &UserId) -> String {
        format!("{}u:{user}", self.prefix)
    }

    /// What became of a step about a session, in the slot of that session.
    pub(super) fn step(&self, (key, number): (&str, &str)) -> String {
        format!("{0}t:{{{0}s:{key}}}:{number}", self.prefix)
    }

    /// The sorted set of the live sessions, by when they are to be looked at.
    pub(super) fn live(&self) -> &str {
        &self.live
    }

    /// The same of what is beside the sessions.
    pub(super) fn beside(&self) -> &str {
        &self.beside
    }

    /// In a cluster there are several of each, so that no node has them all: the one that has this
    /// key.
    pub(super) fn live_with(&self, key: &SessionKey) -> String {
        let of = if key.is_session() { &self.live } else { &self.beside };
        part(of, key.lot() % PARTS)
    }

    pub(super) fn live_parts(&self) -> impl Iterator<Item = String> {
        (0..PARTS).map(|number| part(&self.live, number))
    }

    pub(super) fn beside_parts(&self) -> impl Iterator<Item = String> {
        (0..PARTS).map(|number| part(&self.beside, number))
    }
}

fn part(of: &str, number: u8) -> String {
    format!("{of}:{number}")
}

/// So many that they are on all nodes of any cluster, and few enough to ask them all.
const PARTS: u8 = 16;

/// The key in the name of a session, as scripts give it back.
pub(super) fn session_key(text: &[u8]) -> Option<SessionKey> {
    let mut key = [0; 32];
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut key).ok()?;
    (length == key.len()).then(|| SessionKey::from_bytes(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_a_name_is_read_again() {
        let key = SessionKey::of_id("abc");
        let name = Names::under("app:".into()).session(&key);
        assert_eq!(name, "app:s:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
        assert_eq!(session_key(name.trim_start_matches("app:s:").as_bytes()), Some(key));
    }

    #[test]
    fn what_is_no_key_is_not_read() {
        for text in ["", "abc", "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0A", "!"] {
            assert_eq!(session_key(text.as_bytes()), None, "{text}");
        }
    }
}
