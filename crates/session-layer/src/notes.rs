use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};

use crate::backend::{
    Backend, BackendError, Change, Created, Draft, Found, Lifetime, Loaded, Payload, SessionKey,
    Updated,
};

/// Short notes in the backend of the sessions, beside them, so that all nodes share them: counts of
/// something, or what befell a user.
///
/// A note is bytes under a name, of which the backend has only the hash. No cookie leads to it, it
/// is in nobody's list of devices, and [`Stats`](crate::backend::Stats) do not count it. It is as
/// safe as a session: no change is lost that was acknowledged, but by a `TowerBackend` over a store
/// that others write to at the same instant.
///
/// A backend does not promise that a name can be used again when its note is over. What goes on for
/// longer has another name from time to time, such as one with the number of the month, and is read
/// under the name before that, too.
///
/// ```
/// # async fn example() -> Result<(), session_layer::backend::BackendError> {
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use session_layer::Notes;
/// use session_layer::backend::MemoryBackend;
///
/// let notes = Notes::in_backend(Arc::new(MemoryBackend::new()));
/// let day = Duration::from_secs(24 * 60 * 60);
/// let more = |note: Option<&[u8]>| [note.unwrap_or_default(), b"|"].concat();
/// assert!(notes.edit(b"orders 2026-11-26", day, more).await?);
/// assert!(notes.edit(b"orders 2026-11-26", day, more).await?);
/// let note = notes.load(b"orders 2026-11-26").await?;
/// assert_eq!(note.unwrap().bytes, b"||");
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Notes(Arc<dyn Backend>);

/// One of the [`Notes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What was kept.
    pub bytes: Vec<u8>,
    /// Another number with each change.
    pub version: u64,
}

/// How often to begin again where others are quicker.
const ROUNDS: u32 = 16;

impl Notes {
    /// Keeps them in this backend.
    pub fn in_backend(backend: Arc<dyn Backend>) -> Self {
        Self(backend)
    }

    /// The note under a name, as new as the last one that was acknowledged; none if nothing is kept
    /// there, or its life is over.
    ///
    /// # Errors
    /// The backend can't be asked.
    pub async fn load(&self, name: &[u8]) -> Result<Option<Note>, BackendError> {
        Ok(match self.0.load_fresh(&key(name)).await? {
            Loaded::Found(Found { record, .. }) => {
                Some(Note { bytes: record.payload.as_bytes().to_vec(), version: record.version })
            }
            Loaded::Missing(_) => None,
        })
    }

    /// Keeps a note for as long as `life`, counted from when the first one was kept under this name,
    /// if what is there is still what was read: of the version `replaces`, or nothing. False if it
    /// is not, and nothing was changed.
    ///
    /// # Errors
    /// The backend can't be asked; it may have kept the note or not.
    pub async fn keep(
        &self,
        name: &[u8],
        bytes: Vec<u8>,
        replaces: Option<u64>,
        life: Duration,
    ) -> Result<bool, BackendError> {
        let (key, payload) = (key(name), Payload::from_bytes(bytes));
        Ok(match replaces {
            Some(version) => {
                let change = Change { version, payload, lifetime: None };
                matches!(self.0.update(&key, &change).await?, Updated::Done(_))
            }
            None => {
                let lifetime = Lifetime { idle: life, absolute: life };
                let draft = Draft { payload, user: None, lifetime, cap: None };
                matches!(self.0.create(&key, &draft).await?, Created::Done { .. })
            }
        })
    }

    /// Makes a note of the one that is there, or of nothing, and keeps it for as long as `life`,
    /// counted from when the first one was kept; anew if another was quicker. False if others were
    /// quicker 16 times, and nothing was changed.
    ///
    /// # Errors
    /// The backend can't be asked; it may have kept the note or not.
    pub async fn edit(
        &self,
        name: &[u8],
        life: Duration,
        edit: impl Fn(Option<&[u8]>) -> Vec<u8>,
    ) -> Result<bool, BackendError> {
        for _ in 0..ROUNDS {
            let note = self.load(name).await?;
            let edited = edit(note.as_ref().map(|note| &*note.bytes));
            if self.keep(name, edited, note.map(|note| note.version), life).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// No id begins like this.
fn key(name: &[u8]) -> SessionKey {
    let mut hash = Context::new(&SHA256);
    hash.update(b"note\0");
    hash.update(name);
    let mut key = [0; 32];
    key.copy_from_slice(hash.finish().as_ref());
    SessionKey::beside(key)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use auth_core::ManualClock;

    use super::*;
    use crate::backend::MemoryBackend;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn notes() -> (Notes, Arc<MemoryBackend>, ManualClock) {
        let clock = ManualClock::new(SystemTime::now());
        let backend = MemoryBackend::builder().clock(clock.clone()).build().unwrap();
        let backend = Arc::new(backend);
        (Notes::in_backend(backend.clone()), backend, clock)
    }

    #[tokio::test]
    async fn a_note_is_what_was_kept_under_its_name() {
        let (notes, ..) = notes();
        assert!(notes.keep(b"one", b"first".to_vec(), None, DAY).await.unwrap());
        let note = Note { bytes: b"first".to_vec(), version: 1 };
        assert_eq!(notes.load(b"one").await.unwrap(), Some(note));
        assert_eq!(notes.load(b"other").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_note_takes_the_place_of_the_version_that_was_read_only() {
        let (notes, ..) = notes();
        assert!(!notes.keep(b"one", b"lost".to_vec(), Some(1), DAY).await.unwrap());
        assert!(notes.keep(b"one", b"first".to_vec(), None, DAY).await.unwrap());
        assert!(!notes.keep(b"one", b"lost".to_vec(), None, DAY).await.unwrap());
        assert!(notes.keep(b"one", b"second".to_vec(), Some(1), DAY).await.unwrap());
        assert!(!notes.keep(b"one", b"lost".to_vec(), Some(1), DAY).await.unwrap());
        assert_eq!(notes.load(b"one").await.unwrap().unwrap().bytes, b"second");
    }

    #[tokio::test]
    async fn a_note_is_over_when_the_life_of_the_first_one_is() {
        let (notes, _, clock) = notes();
        for _ in 0..3 {
            assert!(notes.edit(b"one", DAY, |_| b"kept".to_vec()).await.unwrap());
            clock.advance(DAY / 4);
        }
        assert!(notes.load(b"one").await.unwrap().is_some());
        clock.advance(DAY / 4);
        assert_eq!(notes.load(b"one").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_note_is_no_session() {
        let (notes, backend, clock) = notes();
        assert!(notes.edit(b"one", DAY, |_| b"kept".to_vec()).await.unwrap());
        assert_eq!(backend.stats().await.unwrap().live, 0);
        clock.advance(DAY);
        assert_eq!(backend.sweep(10).await.unwrap().removed, 1, "it was there");
    }

    #[tokio::test]
    async fn of_edits_at_the_same_time_none_is_lost() {
        let (notes, ..) = notes();
        let edits = [(); 8].map(|()| {
            let notes = notes.clone();
            let more = |note: Option<&[u8]>| [note.unwrap_or_default(), b"|"].concat();
            tokio::spawn(async move { notes.edit(b"one", DAY, more).await.unwrap() })
        });
        for edit in edits {
            assert!(edit.await.unwrap());
        }
        assert_eq!(notes.load(b"one").await.unwrap().unwrap().bytes, b"||||||||");
    }

    #[tokio::test]
    async fn who_is_never_the_quickest_gives_up() {
        let (notes, ..) = notes();
        assert!(notes.edit(b"one", DAY, |_| Vec::new()).await.unwrap());
        let backend = Arc::clone(&notes.0);
        let quicker = |_: Option<&[u8]>| {
            let touched = futures_util::FutureExt::now_or_never(async {
                let Loaded::Found(found) = backend.load(&key(b"one")).await? else { return Ok(()) };
                let payload = Payload::from_bytes(b"quicker".to_vec());
                let version = found.record.version;
                let change = Change { version, payload, lifetime: None };
                backend.update(&key(b"one"), &change).await.map(drop)
            });
            touched.unwrap().unwrap();
            b"lost".to_vec()
        };
        assert!(!notes.edit(b"one", DAY, quicker).await.unwrap());
        assert_eq!(notes.load(b"one").await.unwrap().unwrap().bytes, b"quicker");
    }
}
