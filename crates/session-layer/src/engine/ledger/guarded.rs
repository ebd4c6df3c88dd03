//! What a guard needs of the session of a request.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use auth_core::Clock;

use super::super::content::Content;
use super::super::fault::Fault;
use super::super::note::NoteEdit;
use super::super::plan::{FieldUpdate, Known, Wish};
use super::{Handover, Ledger, State};
use crate::backend::UserId;
use crate::event::Ending;

impl Ledger {
    /// What is known of the live session of a user, loaded ahead of the `Session`'s asking.
    pub(crate) async fn look(&self) -> Result<Option<Look>, Fault> {
        self.reach().await?;
        let mut state = self.state();
        let Known::Live(live) = &state.known else { return Ok(None) };
        let is_old_copy = state.asked_for.is_some_and(|key| key != live.key);
        let look = live.record.user.clone().map(|user| Look {
            user,
            content: Arc::clone(&live.content),
            id_age: is_old_copy.then(|| live.content.id_age(self.config.clock.now())),
        });
        state.is_guarded = true;
        if state.handover == Handover::Unasked {
            state.handover = Handover::Ready;
        }
        Ok(look)
    }

    /// Whether the session is a user's, has a note, and counts the request as activity.
    pub(crate) fn look_back(&self) -> Option<LookBack> {
        let state = self.state();
        let live = match &state.known {
            Known::Live(live) => Some(live),
            _ => None,
        };
        let logs_in = state.wish.user.is_some();
        let is_users = logs_in || live.is_some_and(|live| live.record.user.is_some());
        let has_note = live.is_some_and(|live| live.content.note.is_some());
        is_users.then_some(LookBack { blank: logs_in || !has_note, passive: state.passive })
    }

    /// Has the note made of what it is at the commit.
    pub(crate) fn edit_note(&self, edit: Arc<NoteEdit>) {
        self.state().notes.push(edit);
    }

    /// Does this when what the request wants is committed; drops it if it is not.
    pub(crate) fn after_commit(&self, act: Box<dyn FnOnce() + Send>) {
        self.state().afterwards.push(act);
    }

    /// Commits an edit of the note, and nothing else of what the request wants.
    pub(crate) async fn edit_note_now(&self, edit: Arc<NoteEdit>) -> Result<(), Fault> {
        self.reach().await?;
        let Some(view) = self.live(|live| Arc::clone(&live.view)) else { return Ok(()) };
        let later = self.state().put_off(vec![edit]);
        let outcome = self.commit(&view).await;
        self.state().put_off_no_more(later);
        outcome
    }

    /// What the end of the session is told as.
    pub(crate) fn end_as(&self, ending: Ending) {
        self.state().ending = ending;
    }
}

impl State {
    fn put_off(&mut self, notes: Vec<Arc<NoteEdit>>) -> Later {
        Later {
            wish: mem::take(&mut self.wish),
            updates: mem::take(&mut self.updates),
            notes: mem::replace(&mut self.notes, notes),
            afterwards: mem::take(&mut self.afterwards),
        }
    }

    fn put_off_no_more(&mut self, later: Later) {
        (self.wish, self.updates, self.notes) = (later.wish, later.updates, later.notes);
        self.afterwards = later.afterwards;
    }
}

/// What is for a later commit.
struct Later {
    wish: Wish,
    updates: Vec<FieldUpdate>,
    notes: Vec<Arc<NoteEdit>>,
    afterwards: Vec<Box<dyn FnOnce() + Send>>,
}

/// A user's live session, for a guard.
pub(crate) struct Look {
    pub(crate) user: UserId,
    pub(crate) content: Arc<Content>,
    /// How old its id is, if the request came with an older one.
    pub(crate) id_age: Option<Duration>,
}

/// What has become of a user's session, for a guard.
pub(crate) struct LookBack {
    pub(crate) blank: bool,
    pub(crate) passive: bool,
}
