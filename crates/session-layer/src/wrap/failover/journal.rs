//! What one store has missed, kept in the other one, beside the sessions, of a user whom there is
//! not.

use std::time::Duration;

use aws_lc_rs::rand;

use crate::backend::{
    Backend, BackendError, BackendErrorKind, Draft, Lifetime, Payload, SessionKey, UserId,
};

/// Something that was done in one store only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Missed {
    pub(super) key: SessionKey,
    pub(super) what: What,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The session began, or changed.
    Changed,
    /// The session was ended.
    Ended,
    /// The session got another key.
    Moved,
}

/// A missed step, and the key of the note that says so.
pub(super) struct Note {
    pub(super) key: SessionKey,
    pub(super) missed: Missed,
}

/// So that none has very many.
const PAGES: u8 = 4;
/// Longer than any outage that anybody waits for the end of.
const LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Missed {
    pub(super) fn change(key: &SessionKey) -> Self {
        Self { key: *key, what: What::Changed }
    }

    pub(super) fn end(key: &SessionKey) -> Self {
        Self { key: *key, what: What::Ended }
    }

    pub(super) fn turn(key: &SessionKey) -> Self {
        Self { key: *key, what: What::Moved }
    }

    fn page(self) -> u8 {
        self.key.lot() % PAGES
    }

    fn to_payload(self) -> Payload {
        let what = match self.what {
            What::Changed => b'C',
            What::Ended => b'E',
            What::Moved => b'M',
        };
        Payload::from_bytes([&[what], self.key.as_bytes().as_slice()].concat())
    }

    fn of_payload(payload: &Payload) -> Option<Self> {
        let (what, key) = payload.as_bytes().split_first()?;
        let what = match what {
            b'C' => What::Changed,
            b'E' => What::Ended,
            b'M' => What::Moved,
            _ => return None,
        };
        Some(Self { key: SessionKey::from_bytes(key.try_into().ok()?), what })
    }
}

/// Notes it down. Each step has a note of its own, so that whoever removes one removes no other.
pub(super) async fn note(store: &impl Backend, missed: Missed) -> Result<(), BackendError> {
    let key = random_key()?;
    let draft = Draft {
        payload: missed.to_payload(),
        user: Some(user(missed.page())?),
        lifetime: Lifetime { idle: LIFE, absolute: LIFE },
        cap: None,
    };
    store.create(&key, &draft).await.map(drop)
}

/// A key that nobody has an id for.
pub(super) fn random_key() -> Result<SessionKey, BackendError> {
    let mut key = [0; 32];
    rand::fill(&mut key).map_err(|_| BackendError::new(BackendErrorKind::Unavailable))?;
    Ok(SessionKey::beside(key))
}

/// All that is noted, a page at a time.
pub(super) async fn page(store: &impl Backend, page: u8) -> Result<Vec<Note>, BackendError> {
    let found = store.of_user(&user(page)?).await?;
    let notes = found.into_iter().filter_map(|found| {
        let missed = Missed::of_payload(&found.record.payload)?;
        Some(Note { key: found.key, missed })
    });
    Ok(notes.collect())
}

pub(super) fn pages() -> impl Iterator<Item = u8> {
    0..PAGES
}

/// Whether something is noted about a key.
pub(super) async fn has(store: &impl Backend, key: &SessionKey) -> Result<bool, BackendError> {
    let notes = page(store, Missed::change(key).page()).await?;
    Ok(notes.iter().any(|note| note.missed.key == *key))
}

/// No application's user begins like this.
fn user(page: u8) -> Result<UserId, BackendError> {
    UserId::of_layer(format_args!("failover {page}"))
        .ok_or(BackendError::new(BackendErrorKind::Refused))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::backend::MemoryBackend;

    #[tokio::test]
    async fn what_is_noted_is_found_until_its_note_is_removed() {
        let store = MemoryBackend::new();
        let (a, b) = (SessionKey::of_id("a"), SessionKey::of_id("b"));
        note(&store, Missed::change(&a)).await.unwrap();
        note(&store, Missed::end(&a)).await.unwrap();
        assert!(has(&store, &a).await.unwrap() && !has(&store, &b).await.unwrap());
        let notes = page(&store, Missed::change(&a).page()).await.unwrap();
        let says = |what| notes.iter().any(|note| note.missed == Missed { key: a, what });
        assert!(notes.len() == 2 && says(What::Changed) && says(What::Ended));
        for note in notes {
            store.delete(&note.key).await.unwrap();
        }
        assert!(!has(&store, &a).await.unwrap());
    }

    #[tokio::test]
    async fn a_note_is_no_session() {
        let store = MemoryBackend::new();
        note(&store, Missed::end(&SessionKey::of_id("a"))).await.unwrap();
        assert_eq!(store.stats().await.unwrap().live, 0);
    }

    #[test]
    fn notes_about_what_is_no_session_are_on_all_pages() {
        let keys = (0..100).map(|byte| SessionKey::beside([byte; 32]));
        let used: BTreeSet<_> = keys.map(|key| Missed::change(&key).page()).collect();
        assert_eq!(used.len(), pages().count());
    }
}
