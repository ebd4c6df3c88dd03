//! What the guard keeps with a session: what it remembers of it, and how far its user has proved
//! who they are.

mod asked;
mod failures;
mod given;
mod stored;
mod tries;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use asked::Asked;
pub(crate) use failures::Failures;
pub(crate) use given::Given;
pub use stored::StoredNote;
pub(crate) use tries::{Tried, Tries};

use crate::guarded::NoteEdit;
use crate::memory::Memory;

/// The note. All times are in seconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note {
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub(crate) memory: Option<Memory>,
    /// Since when the session is suspected; it is until its user has proved who they are.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(crate) suspected: Option<u64>,
    /// What the last request was refused for.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub(crate) asked: Option<Asked>,
    /// Where to go when it is met: a path of this host.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub(crate) way_back: Option<String>,
    #[serde(rename = "t", default, skip_serializing_if = "Tries::is_empty")]
    pub(crate) tries: Tries,
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) given: Vec<Given>,
    /// When the session moved; no proof from before is fresh any more.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub(crate) moved: Option<u64>,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub(crate) failures: Option<Failures>,
    /// When an old id of the session came back, since its user last proved who they are.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub(crate) forked: Option<u64>,
}

/// More kinds of factors than anybody has.
const MOST_GIVEN: usize = 8;

impl Note {
    /// Reads a note. One that can't be read says nothing for the session: it is suspected.
    pub(crate) fn read(text: Option<&str>) -> Self {
        let Some(text) = text else { return Self::default() };
        serde_json::from_str(text).or_else(|_| without_memory(text)).unwrap_or_else(|_| {
            tracing::warn!("a note of the guard can not be read: its session is challenged");
            Self { suspected: Some(0), ..Self::default() }
        })
    }

    /// An edit for a [`GuardedSession`](crate::GuardedSession).
    pub(crate) fn edit(change: impl Fn(&mut Self) + Send + Sync + 'static) -> Arc<NoteEdit> {
        Arc::new(move |text| {
            let mut note = Self::read(text);
            change(&mut note);
            serde_json::to_string(&note).ok()
        })
    }

    /// Suspects the session, unless it is suspected already.
    pub(crate) fn suspect(&mut self, at: u64) {
        self.suspected.get_or_insert(at);
    }

    /// Whether it is known that an old id of the session has come back, and what follows from it.
    pub(crate) fn knows_fork(&self, suspects: bool) -> bool {
        self.forked.is_some() && (self.suspected.is_some() || !suspects)
    }

    /// An old id of the session has come back.
    pub(crate) fn fork(&mut self, at: u64, suspects: bool) {
        self.forked.get_or_insert(at);
        if suspects {
            self.suspect(at);
        }
    }

    /// Keeps what a request was refused for, and where its user goes when that is met.
    pub(crate) fn ask(&mut self, asked: Asked, way_back: Option<String>) {
        self.asked = Some(asked);
        self.way_back = way_back.or(self.way_back.take());
    }

    /// The user has given a factor.
    pub(crate) fn give(&mut self, given: Given) {
        self.given.retain(|other| other.factor != given.factor);
        self.given.insert(0, given);
        self.given.truncate(MOST_GIVEN);
    }

    /// The user has proved who they are: nothing is asked any more, and what was remembered gives
    /// way to what this request shows.
    pub(crate) fn complete(&mut self, purpose: &str, given: Given, memory: Memory) {
        self.suspected = None;
        self.asked = None;
        self.way_back = None;
        self.moved = None;
        self.failures = None;
        self.forked = None;
        self.tries.close(purpose);
        self.give(given);
        self.memory = Some(memory);
    }
}

/// A memory of another version is begun anew; the rest of the note holds.
fn without_memory(text: &str) -> Result<Note, serde_json::Error> {
    let mut value: serde_json::Value = serde_json::from_str(text)?;
    if let Some(members) = value.as_object_mut() {
        members.remove("m");
    }
    serde_json::from_value(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_note_is_an_empty_one() {
        assert_eq!(Note::read(None), Note::default());
    }

    #[test]
    fn a_memory_of_another_version_leaves_the_rest_of_the_note() {
        let note = Note::read(Some(r#"{"m":{"m":99},"s":7}"#));
        assert_eq!(note, Note { suspected: Some(7), ..Note::default() });
    }

    #[test]
    fn a_note_that_can_not_be_read_is_of_a_suspect() {
        assert_eq!(Note::read(Some("{")).suspected, Some(0));
    }

    #[test]
    fn a_suspicion_lasts_from_when_it_began() {
        let mut note = Note::default();
        note.suspect(1);
        note.suspect(2);
        assert_eq!(note.suspected, Some(1));
    }

    #[test]
    fn a_fork_is_noted_until_the_user_has_proved_who_they_are() {
        let mut note = Note::default();
        note.fork(1, false);
        assert!(note.knows_fork(false) && !note.knows_fork(true));
        note.fork(2, true);
        assert!(note.knows_fork(true));
        assert_eq!((note.forked, note.suspected), (Some(1), Some(2)));
        let given = Given { factor: "pwd".into(), at: 3, acr: None };
        let peppers = crate::Peppers::new(1, &[1; 32]);
        let now = std::time::SystemTime::UNIX_EPOCH;
        note.complete("password", given, Memory::begin(&crate::Facts::default(), now, &peppers));
        assert_eq!((note.forked, note.suspected), (None, None));
    }

    #[test]
    fn a_factor_counts_from_when_it_was_given_last() {
        let mut note = Note::default();
        note.give(Given { factor: "pwd".into(), at: 1, acr: None });
        note.give(Given { factor: "otp".into(), at: 2, acr: None });
        note.give(Given { factor: "pwd".into(), at: 3, acr: None });
        let given: Vec<_> = note.given.iter().map(|one| (one.factor.as_str(), one.at)).collect();
        assert_eq!(given, [("pwd", 3), ("otp", 2)]);
    }

    #[test]
    fn an_edit_changes_the_note_that_it_finds() {
        let edit = Note::edit(|note| note.suspect(5));
        let text = edit(Some(r#"{"w":"/cart"}"#)).unwrap();
        assert_eq!(text, r#"{"s":5,"w":"/cart"}"#);
    }
}
