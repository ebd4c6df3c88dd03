use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use auth_core::Rejection;

use crate::facts::OldCopy;
use crate::note::StoredNote;

/// The session of one request, as a guard needs it: who it is of, and a note of the guard's own
/// that is kept with it.
///
/// `session-layer` implements it with its feature `guard`. An implementation of your own puts a
/// [`Guarded`] into the request's extensions before a [`GuardLayer`](crate::GuardLayer) sees it.
///
/// # What an implementation promises
///
/// - All instances see the same note, and it is gone with the session.
/// - An edit is made of the note as it is when it is stored: if somebody else was quicker, it is
///   made again. So it is a function, and does nothing but calculate.
/// - When a user logs in, the note is dropped before the edits of that request.
///
/// # Errors
/// A verb that fails returns the refusal to answer with, such as 503 `store_unavailable`.
#[async_trait]
pub trait GuardedSession: Send + Sync {
    /// What is known of the session, loaded at most once; none if there is no session, or it is
    /// nobody's.
    async fn look(&self) -> Result<Option<Looked>, Rejection>;

    /// Whether the request came with an id that a session had once, and that opens nothing any more.
    /// It is asked once the session was looked at.
    fn has_old_id(&self) -> bool;

    /// The session that goes on under another id than the one that the request came with; none if
    /// it has ended, is nobody's, began anew with a login, or is not known. It is asked for beside
    /// the request, which does not wait for it and may be over meanwhile.
    async fn heir(&self) -> Result<Option<Heir>, Rejection>;

    /// What has become of the session in this request; none if it has ended, or is nobody's.
    fn look_back(&self) -> Option<LookedBack>;

    /// What the session is called by, for as long as it lives. It is not its id.
    fn name(&self) -> Option<String>;

    /// Edits the note with the commit of the response. If that fails, nothing else does.
    fn edit(&self, edit: Arc<NoteEdit>);

    /// Does this once the edits that were made before are committed with the response. If they are
    /// not, it is dropped: as the response is a 5xx, the session has ended, or the store is away.
    fn after_commit(&self, act: Box<dyn FnOnce() + Send>);

    /// Edits the note at once. It does nothing if the session has ended.
    async fn edit_now(&self, edit: Arc<NoteEdit>) -> Result<(), Rejection>;

    /// Gives the session another id with the response, from which on the old one is dead.
    async fn replace_id(&self) -> Result<(), Rejection>;

    /// Ends the session at once, everywhere.
    async fn end(&self) -> Result<(), Rejection>;

    /// Ends the user's other sessions at once, everywhere.
    async fn end_others(&self) -> Result<(), Rejection>;
}

/// Makes the note of what it is; none stands for no note.
pub type NoteEdit = dyn Fn(Option<&str>) -> Option<String> + Send + Sync;

/// A session of a user, before the request was served.
#[derive(Clone, Debug)]
pub struct Looked {
    /// The user it is of.
    pub user: Arc<str>,
    /// When the user logged in, if that is known.
    pub login: Option<SystemTime>,
    /// The guard's note.
    pub note: Option<StoredNote>,
    /// Whether the request came with an id that was replaced.
    pub old_copy: Option<OldCopy>,
}

/// What became of a session, an old id of which has come back.
#[derive(Clone, Debug)]
pub struct Heir {
    /// The session, as it is now. No request came with it: edits are made at once, and its id is not
    /// replaced.
    pub session: Guarded,
    /// How old the id is that came back, and whether a later one was used.
    pub old_copy: OldCopy,
}

/// A session of a user, when the response is about to start.
#[derive(Clone, Copy, Debug)]
pub struct LookedBack {
    /// It has no note: the user has just logged in, or none was made yet.
    pub blank: bool,
    /// The request is not to count as activity.
    pub passive: bool,
}

/// A [`GuardedSession`] in the request's extensions.
#[derive(Clone)]
pub struct Guarded(Arc<dyn GuardedSession>);

impl Guarded {
    /// To be put into the extensions.
    pub fn new(session: impl GuardedSession + 'static) -> Self {
        Self(Arc::new(session))
    }
}

impl Deref for Guarded {
    type Target = dyn GuardedSession;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guarded")
    }
}
