//! What a guard keeps with a session: a text that this crate does not read.

#[cfg(feature = "guard")]
pub(crate) use guard_layer::StoredNote;

#[cfg(not(feature = "guard"))]
pub(crate) use plain::StoredNote;

/// Makes the text of what it is; none stands for no note.
pub(crate) type NoteEdit = dyn Fn(Option<&str>) -> Option<String> + Send + Sync;

/// For an instance that has no guard, among those that have one.
#[cfg(not(feature = "guard"))]
mod plain {
    use serde::{Deserialize, Serialize};

    #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(transparent)]
    pub(crate) struct StoredNote(String);

    impl StoredNote {
        pub(crate) fn as_str(&self) -> &str {
            &self.0
        }
    }

    impl From<String> for StoredNote {
        fn from(text: String) -> Self {
            Self(text)
        }
    }
}
