//! How the verbs of [`SessionExt`](crate::SessionExt) find what stands behind a `Session`.
//!
//! A `tower_sessions::Session` hides its store, and whatever it is asked for it passes on to the
//! store. So a verb knocks: it has the session call its store, which sees that somebody knocks,
//! introduces itself, and does nothing else.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;

use tower_sessions_core::{Session, session_store};
use tracing::{Dispatch, dispatcher};

use super::ledger::Ledger;

thread_local! {
    static KNOCKING: Cell<bool> = const { Cell::new(false) };
    static ANSWER: RefCell<Option<Arc<Ledger>>> = const { RefCell::new(None) };
}

/// The ledger of a session; none if the session is not one of a `SessionLayer`.
pub(crate) async fn ledger_of(session: &Session) -> Option<Arc<Ledger>> {
    let mut call = pin!(session.save());
    poll_fn(|cx| {
        KNOCKING.set(true);
        // The session logs what its store returns, which is no error here.
        let poll = dispatcher::with_default(&Dispatch::none(), || call.as_mut().poll(cx));
        KNOCKING.set(false);
        poll
    })
    .await
    .err()
    .and_then(|_| ANSWER.take())
}

/// To be asked by the ledger before it does anything: an error to return if somebody knocks.
pub(super) fn answer(ledger: impl FnOnce() -> Option<Arc<Ledger>>) -> session_store::Result<()> {
    if !KNOCKING.get() {
        return Ok(());
    }
    ANSWER.set(ledger());
    Err(session_store::Error::Backend("a verb of the session asks for its ledger".into()))
}
