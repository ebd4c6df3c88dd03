use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Note;
use crate::facts::Facts;
use crate::shown::Shown;

/// A guard's note as it is kept with a session: a text, and to serde a string.
///
/// Clones share what was read from it, so that a store in this process, or a cache, spares the guard
/// most of its work.
#[derive(Clone)]
pub struct StoredNote(Arc<Inner>);

struct Inner {
    text: String,
    note: OnceLock<Note>,
    /// What the last request showed beside it.
    shown: Mutex<Option<(u64, Shown)>>,
}

/// Nobody outside can find two requests that it takes for the same.
static FINGERPRINTS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl StoredNote {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    pub(crate) fn read(&self) -> &Note {
        self.0.note.get_or_init(|| Note::read(Some(&self.0.text)))
    }

    /// What a request shows, or the same from the last request if that showed the same: its time and
    /// its place are its own all the same.
    pub(crate) fn shown(&self, facts: &Facts<'_>, make: impl FnOnce() -> Shown) -> Shown {
        let fingerprint = fingerprint(facts);
        let mut last = self.0.shown.lock().unwrap_or_else(PoisonError::into_inner);
        match *last {
            Some((same, shown)) if same == fingerprint => shown,
            _ => last.insert((fingerprint, make())).1,
        }
    }
}

/// Of all that tags are made of.
fn fingerprint(facts: &Facts<'_>) -> u64 {
    let Facts { address, user_agent, brands, platform, accept_language, tls_fingerprint, .. } =
        facts;
    let texts = (user_agent, brands, platform, accept_language, tls_fingerprint);
    FINGERPRINTS.hash_one((address, texts))
}

impl From<String> for StoredNote {
    fn from(text: String) -> Self {
        Self(Arc::new(Inner { text, note: OnceLock::new(), shown: Mutex::default() }))
    }
}

impl PartialEq for StoredNote {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.as_str() == other.as_str()
    }
}

impl Eq for StoredNote {}

impl Serialize for StoredNote {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_str().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StoredNote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// Without the text, which is a user's.
impl fmt::Debug for StoredNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredNote({} bytes)", self.as_str().len())
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::pepper::Peppers;

    #[test]
    fn what_was_shown_is_made_anew_only_for_a_request_that_shows_something_else() {
        let note = StoredNote::from(String::new());
        let mut made = 0;
        for language in ["de", "de", "en", "de"] {
            let facts = Facts { accept_language: Some(language), ..Facts::default() };
            let shown = Shown::new(&facts, UNIX_EPOCH, &Peppers::new(1, &[1; 32]), 1);
            let given = note.shown(&facts, || {
                made += 1;
                shown
            });
            assert_eq!(given.language, shown.language);
        }
        assert_eq!(made, 3);
    }

    #[test]
    fn a_header_is_not_taken_for_another() {
        let agent = Facts { user_agent: Some("x"), ..Facts::default() };
        let brands = Facts { brands: Some("x"), ..Facts::default() };
        assert_ne!(fingerprint(&agent), fingerprint(&brands));
        assert_eq!(fingerprint(&agent), fingerprint(&agent));
    }

    #[test]
    fn a_note_is_a_string_to_serde_and_shows_nothing_to_debug() {
        let note = StoredNote::from("{\"s\":7}".to_owned());
        let json = serde_json::to_string(&note).unwrap();
        assert_eq!(serde_json::from_str::<StoredNote>(&json).unwrap(), note);
        assert_eq!(note.read().suspected, Some(7));
        assert_eq!(format!("{note:?}"), "StoredNote(7 bytes)");
    }
}
