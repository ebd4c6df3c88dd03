use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Note;
use crate::facts::Facts;
use crate::last_shown::LastShown;
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
    shown: LastShown,
}

impl StoredNote {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    pub(crate) fn read(&self) -> &Note {
        self.0.note.get_or_init(|| Note::read(Some(&self.0.text)))
    }

    /// What a request shows, as [`LastShown`] gives it.
    pub(crate) fn shown(&self, facts: &Facts<'_>, make: impl FnOnce() -> Shown) -> Shown {
        self.0.shown.or_make(facts, make)
    }
}

impl From<String> for StoredNote {
    fn from(text: String) -> Self {
        Self(Arc::new(Inner { text, note: OnceLock::new(), shown: LastShown::default() }))
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
    use super::*;

    #[test]
    fn a_note_is_a_string_to_serde_and_shows_nothing_to_debug() {
        let note = StoredNote::from("{\"s\":7}".to_owned());
        let json = serde_json::to_string(&note).unwrap();
        assert_eq!(serde_json::from_str::<StoredNote>(&json).unwrap(), note);
        assert_eq!(note.read().suspected, Some(7));
        assert_eq!(format!("{note:?}"), "StoredNote(7 bytes)");
    }
}
