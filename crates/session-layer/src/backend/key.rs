use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What a backend knows a session by: the SHA-256 of its id, which only the client has. Who reads
/// a backend, a log or a metric can not take a session over with it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    /// The key of an id, given as the text that the client has.
    pub fn of_id(id: &str) -> Self {
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, id.as_bytes()).as_ref());
        Self(key)
    }

    /// A key that a backend has stored.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key for what is kept beside the sessions and is none, such as the counts of a login
    /// throttle. A backend keeps it like a session, and does not count it as one
    /// ([`Stats::live`](super::Stats::live)).
    ///
    /// The bytes are random, or a hash, so that no id leads there. The first three of them give way
    /// to a mark, with which such a key begins as `side` in a log or in Redis. One session in 16
    /// million has a key like this by chance: it is a session like all others, but never counted.
    pub fn beside(mut bytes: [u8; 32]) -> Self {
        for (byte, mark) in bytes.iter_mut().zip(Self::MARK) {
            *byte = mark;
        }
        Self(bytes)
    }

    /// Whether it is a session's, and of nothing that is [beside](Self::beside) them.
    pub fn is_session(&self) -> bool {
        !self.0.starts_with(&Self::MARK)
    }

    /// The key for a backend to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// How the keys begin that are no session's: `side` as base64url. It is short, for in SQLite the
    /// first eight bytes of a key are its row.
    pub(in crate::backend) const MARK: [u8; 3] = [0xb2, 0x27, 0x5e];

    /// What a key has drawn, for who deals keys out: a byte that is random in any of them.
    pub(crate) fn lot(&self) -> u8 {
        let [first, _, _, fourth, ..] = self.0;
        if self.is_session() { first } else { fourth }
    }
}

/// As base64url: 43 characters.
impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// The first bytes are enough to find one in a log.
impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.to_string();
        write!(f, "SessionKey({}…)", text.get(..8).unwrap_or_default())
    }
}

/// The user that sessions are registered under, as the application names it: 1 to 255 bytes.
/// Bytes are compared as they are, upper and lower case differ.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Arc<str>);

impl UserId {
    /// None if the text is empty or longer than 255 bytes.
    pub fn new(id: impl Into<Arc<str>>) -> Option<Self> {
        let id = id.into();
        (1..=255).contains(&id.len()).then_some(Self(id))
    }

    /// One that an application gives. There are some that none may: what the layer itself keeps is
    /// under them.
    pub(crate) fn of_application(id: impl Into<Arc<str>>) -> Option<Self> {
        Self::new(id).filter(|user| !user.as_str().starts_with(OURS))
    }

    /// One that no application may give.
    pub(crate) fn of_layer(what: impl fmt::Display) -> Option<Self> {
        Self::new(format!("{OURS}{what}"))
    }

    /// The user's id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How those ids begin that are the layer's own.
const OURS: &str = "\u{1}session-layer ";

impl From<UserId> for Arc<str> {
    fn from(user: UserId) -> Self {
        user.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({:?})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_key_is_the_sha_256_of_the_id() {
        let expected = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
        assert_eq!(SessionKey::of_id("abc").to_string(), expected);
    }

    #[test]
    fn a_log_line_shows_only_the_start_of_a_key() {
        assert_eq!(format!("{:?}", SessionKey::of_id("abc")), "SessionKey(ungWv48B…)");
    }

    #[test]
    fn a_key_beside_the_sessions_says_so_in_its_text() {
        let key = SessionKey::beside(*SessionKey::of_id("abc").as_bytes());
        assert_eq!(key.to_string(), "sidev48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
        assert!(!key.is_session());
        assert_eq!(SessionKey::beside(*key.as_bytes()), key);
        assert_eq!(SessionKey::from_bytes(*key.as_bytes()), key);
    }

    #[test]
    fn an_id_has_the_key_of_a_session() {
        assert!(SessionKey::of_id("abc").is_session());
    }

    #[test]
    fn keys_beside_the_sessions_are_dealt_out_evenly_too() {
        let bytes = |name: u8| *SessionKey::of_id(&name.to_string()).as_bytes();
        let lots = |key: fn([u8; 32]) -> SessionKey| {
            let keys = (0..=255).map(|name| key(bytes(name)));
            keys.map(|key| key.lot() % 16).collect::<BTreeSet<_>>()
        };
        assert_eq!(lots(SessionKey::from_bytes).len(), 16);
        assert_eq!(lots(SessionKey::beside).len(), 16);
    }

    #[test]
    fn a_user_id_has_1_to_255_bytes() {
        assert!(UserId::new("").is_none());
        assert!(UserId::new("u".repeat(255)).is_some());
        assert!(UserId::new("u".repeat(256)).is_none());
    }

    #[test]
    fn no_application_has_a_user_of_the_layer() {
        let ours = UserId::of_layer("nodes").unwrap();
        assert!(UserId::of_application(ours.as_str()).is_none());
        assert!(UserId::of_application("session-layer nodes").is_some());
    }
}
