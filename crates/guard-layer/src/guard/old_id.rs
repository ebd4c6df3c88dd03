//! What is done when an id comes back that a session had once, after the grace of its renewal: there
//! are two who have the cookie. Whoever has sent it is a guest, does not wait for this, and learns
//! nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use auth_core::{Clock, Rejection};
use tokio::time::timeout;

use super::config::Config;
use crate::audit::GuardEventKind;
use crate::decision::Decision;
use crate::guarded::{Guarded, Heir, Looked};
use crate::note::Note;
use crate::shown::seconds;

/// How many are looked into at once: who sends one again and again costs the store no more than that.
pub(super) const AT_ONCE: usize = 8;

/// How long it may take to find the session.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks into it, if the request came with one and it has a turn.
pub(super) fn look_into(config: &Arc<Config>, session: &Guarded) {
    if !session.has_old_id() {
        return;
    }
    let Ok(turn) = Arc::clone(&config.old_ids).try_acquire_owned() else {
        return tracing::debug!("an old id of a session is one too many to look into");
    };
    let (config, session) = (Arc::clone(config), session.clone());
    tokio::spawn(async move {
        if let Err(rejection) = judge(&config, &session).await {
            let code = rejection.code();
            tracing::warn!(code, "an old id of a session came back, and was not looked into");
        }
        drop(turn);
    });
}

async fn judge(config: &Config, session: &Guarded) -> Result<(), Rejection> {
    let Ok(heir) = timeout(PATIENCE, session.heir()).await else {
        tracing::warn!(
            "an old id of a session came back, and what became of it was not found in time"
        );
        return Ok(());
    };
    let Some(Heir { session, old_copy }) = heir? else { return Ok(()) };
    let Some(looked) = session.look().await? else { return Ok(()) };
    let policy = config.judge.policy.load_full();
    let verdict = policy.judge_old_copy(old_copy);
    let (decision, suspects) = (verdict.decision, verdict.decision != Decision::Allow);
    if verdict.would == Decision::Allow || is_known(&looked, suspects) {
        return Ok(());
    }
    // It is suspected before it is ended: it is so if the store then fails.
    if note(&session, seconds(config.judge.clock.now()), suspects).await? {
        let kind = GuardEventKind::judged(&policy, verdict);
        config.judge.events.tell(&config.event(&session, &looked.user, kind));
        end(&session, decision).await?;
    }
    Ok(())
}

/// Whether it was told before. That is so until the session's user has proved who they are, or a
/// policy does what another one has only told.
fn is_known(looked: &Looked, suspects: bool) -> bool {
    looked.note.as_ref().is_some_and(|note| note.read().knows_fork(suspects))
}

/// Ends the session, if that was decided.
async fn end(session: &Guarded, decision: Decision) -> Result<(), Rejection> {
    let Decision::End { others } = decision else { return Ok(()) };
    if others {
        session.end_others().await?;
    }
    session.end().await
}

/// Notes it; false if another instance was quicker, or the session has ended.
async fn note(session: &Guarded, at: u64, suspects: bool) -> Result<bool, Rejection> {
    let is_new = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&is_new);
    let edit = Note::edit(move |note| {
        told.store(!note.knows_fork(suspects), Ordering::Relaxed);
        note.fork(at, suspects);
    });
    session.edit_now(edit).await?;
    Ok(is_new.load(Ordering::Relaxed) && session.name().is_some())
}
