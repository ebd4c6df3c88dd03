//! What a `GuardLayer` needs of a session: its note is kept in the session's content, where
//! handlers neither see nor lose it.

use std::sync::Arc;

use async_trait::async_trait;
use auth_core::Rejection;
use guard_layer::{Guarded, GuardedSession, Heir, Looked, LookedBack, NoteEdit, OldCopy};
use tower_sessions_core::Session;

use crate::engine::{self, Ledger, Look, Turn};
use crate::event::Ending;
use crate::{SessionError, Sessions, rejection};

/// For the extensions of a request.
pub(crate) fn of(session: &Session, ledger: &Arc<Ledger>) -> Guarded {
    Guarded::new(Kept { session: session.clone(), ledger: Arc::clone(ledger) })
}

struct Kept {
    session: Session,
    ledger: Arc<Ledger>,
}

#[async_trait]
impl GuardedSession for Kept {
    async fn look(&self) -> Result<Option<Looked>, Rejection> {
        let look = self.ledger.look().await.map_err(rejection::of)?;
        Ok(look.map(looked))
    }

    fn has_old_id(&self) -> bool {
        self.ledger.has_old_id()
    }

    async fn heir(&self) -> Result<Option<Heir>, Rejection> {
        let heir = self.ledger.heir().await.map_err(rejection::of)?;
        Ok(heir.map(|engine::Heir { ledger, rotated, is_used }| {
            let session = Session::new(ledger.session_id(), Arc::clone(&ledger), None);
            let old_copy = OldCopy { rotated, successor_used: is_used };
            Heir { session: of(&session, &ledger), old_copy }
        }))
    }

    fn look_back(&self) -> Option<LookedBack> {
        let back = self.ledger.look_back()?;
        Some(LookedBack { blank: back.blank, passive: back.passive })
    }

    fn name(&self) -> Option<String> {
        self.ledger.handle()
    }

    fn edit(&self, edit: Arc<NoteEdit>) {
        self.ledger.edit_note(edit);
    }

    fn after_commit(&self, act: Box<dyn FnOnce() + Send>) {
        self.ledger.after_commit(act);
    }

    async fn edit_now(&self, edit: Arc<NoteEdit>) -> Result<(), Rejection> {
        self.ledger.edit_note_now(edit).await.map_err(rejection::of)
    }

    async fn replace_id(&self) -> Result<(), Rejection> {
        self.ledger.wish(|wish| wish.rotation = Some(Turn::Replace));
        self.session.cycle_id().await.map_err(|error| refused(error.into()))
    }

    async fn end(&self) -> Result<(), Rejection> {
        self.ledger.end_as(Ending::Guard);
        self.session.flush().await.map_err(|error| refused(error.into()))
    }

    async fn end_others(&self) -> Result<(), Rejection> {
        let user = self.ledger.known_user().await.map_err(rejection::of)?;
        let Some(user) = user else { return Ok(()) };
        let sessions = Sessions::new(Arc::clone(self.ledger.config()));
        let current = self.ledger.handle();
        let ended = sessions.end_others(&user, current.as_deref(), Ending::Guard).await;
        ended.map(drop).map_err(refused)
    }
}

fn looked(Look { user, content, id_age }: Look) -> Looked {
    Looked {
        user: user.into(),
        login: content.login(),
        note: content.note.clone(),
        old_copy: id_age.map(|rotated| {
            let successor_used = content.is_id_used();
            OldCopy { rotated, successor_used }
        }),
    }
}

fn refused(error: SessionError) -> Rejection {
    rejection::of_error(&error)
}
