use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use auth_core::{Refused, Rejection, Renderer};
use axum::extract::FromRequestParts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;

use super::attempt::Attempt;
use super::factor::Factor;
use super::head::Head;
use crate::guard::{Visit, Whose};
use crate::note::{Asked, Failures, Note, Tried};
use crate::rejection;

/// How a user proves again who they are: an extractor for the handlers of the page that asks.
///
/// A challenge belongs to one session and one purpose, a word of the application's own such as
/// `password`. It is open for 10 minutes and may be tried 5 times; after that it is dead until the 10
/// minutes are over (429 `too_many_attempts`), and a [`GuardEvent`](crate::GuardEvent) tells it.
/// Tries count before anything is checked, so that nobody gets more of them by sending many at once.
///
/// ```
/// use auth_core::Refused;
/// use axum::response::Redirect;
/// use guard_layer::Reauth;
///
/// # async fn is_right(password: &str) -> bool { true }
/// async fn reauth(reauth: Reauth, password: String) -> Result<Redirect, Refused> {
///     let attempt = reauth.attempt("password").await?;
///     if !is_right(&password).await {
///         attempt.failed();
///         return Ok(Redirect::to("/reauth?wrong"));
///     }
///     let way_back = attempt.completed("pwd").await?;
///     Ok(Redirect::to(way_back.as_deref().unwrap_or("/")))
/// }
/// ```
///
/// # Errors
/// Every verb refuses with 503 if the session can't be reached, and with 401 `step_up_required` if
/// nobody is logged in.
#[derive(Clone)]
pub struct Reauth {
    visit: Arc<Visit>,
    head: Arc<Head>,
}

impl Reauth {
    /// What is asked of the user; none if nothing is.
    pub fn asked(&self) -> Option<&Asked> {
        self.visit.note()?.asked.as_ref()
    }

    /// Whether the guard doubts that it is still the same person, so that only exempt routes work.
    pub fn is_suspected(&self) -> bool {
        self.visit.note().is_some_and(|note| note.suspected.is_some())
    }

    /// Opens a challenge, unless one is open for this purpose, and returns its name: 128 random bits
    /// for the form or the message that asks for the answer, to be handed to
    /// [`answer`](Self::answer). A challenge that needs no name is opened by
    /// [`attempt`](Self::attempt).
    ///
    /// # Errors
    /// See above.
    pub async fn open(&self, purpose: &str) -> Result<String, Refused> {
        let (id, at, purpose) = (self.new_id()?, self.visit.seconds(), purpose.to_owned());
        self.now(move |note| note.tries.open(&purpose, &id, at)).await
    }

    /// Counts a try of the challenge for this purpose.
    ///
    /// # Errors
    /// 429 `too_many_attempts` if it was tried too often; else see above.
    pub async fn attempt(&self, purpose: &str) -> Result<Attempt, Refused> {
        let (id, at, name) = (self.new_id()?, self.visit.seconds(), purpose.to_owned());
        let tried = self.now(move |note| note.tries.count(&name, &id, at)).await?;
        self.attempted(purpose, tried)
    }

    /// Counts a try of the challenge with this name, as [`attempt`](Self::attempt) does.
    ///
    /// # Errors
    /// 403 `challenge_unknown` if no challenge with this name is open for this purpose; else as for
    /// [`attempt`](Self::attempt).
    pub async fn answer(&self, purpose: &str, challenge: &str) -> Result<Attempt, Refused> {
        let (id, at, name) = (challenge.to_owned(), self.visit.seconds(), purpose.to_owned());
        let tried = self.now(move |note| note.tries.count_open(&name, &id, at)).await?;
        self.attempted(purpose, tried)
    }

    /// Keeps that the user has given this factor, at a login, for the routes that ask for it. It is
    /// written down with the response.
    pub fn given(&self, factor: impl Into<Factor>) {
        let given = factor.into().given(self.visit.seconds());
        self.visit.session.edit(Note::edit(move |note| note.give(given.clone())));
    }

    /// Keeps how many logins of the account failed before this one, as
    /// [`LoginAttempt::failures_before`](crate::LoginAttempt::failures_before) counts them: for an
    /// hour they are what [`Signal::LoginFailures`](crate::Signal::LoginFailures) goes by. It is
    /// written down with the response.
    pub fn login_failures(&self, count: u32) {
        let Some(failures) = Failures::before(self.visit.seconds(), count) else { return };
        self.visit.session.edit(Note::edit(move |note| note.failures = Some(failures)));
    }

    fn attempted(&self, purpose: &str, tried: Tried) -> Result<Attempt, Refused> {
        match tried {
            Tried::Counted { left } => {
                Ok(Attempt::new(Arc::clone(&self.visit), Arc::clone(&self.head), purpose, left))
            }
            Tried::Dead { seconds } => {
                Err(self.refuse(rejection::too_many_attempts(Duration::from_secs(seconds))))
            }
            Tried::Unknown => Err(self.refuse(rejection::challenge_unknown())),
        }
    }

    /// What the note said when it was changed at last.
    async fn now<T: Send + 'static>(
        &self,
        change: impl Fn(&mut Note) -> T + Send + Sync + 'static,
    ) -> Result<T, Refused> {
        if let Whose::Unknown(rejection) = &self.visit.whose {
            return Err(self.refuse(rejection.clone()));
        }
        let outcome = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&outcome);
        let edit = Note::edit(move |note| {
            let told = change(note);
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
        });
        let done = self.visit.session.edit_now(edit).await;
        done.map_err(|rejection| self.refuse(rejection))?;
        let told = outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        told.ok_or_else(|| self.refuse(rejection::step_up(&Asked::default())))
    }

    fn new_id(&self) -> Result<String, Refused> {
        new_id().ok_or_else(|| self.refuse(rejection::unavailable()))
    }

    fn refuse(&self, rejection: Rejection) -> Refused {
        self.head.refuse(rejection, &self.visit)
    }
}

/// None if the system has no randomness to give.
fn new_id() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

impl<S: Sync> FromRequestParts<S> for Reauth {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        let head = Arc::new(Head::of(parts));
        match parts.extensions.get::<Arc<Visit>>() {
            Some(visit) => Ok(Self { visit: Arc::clone(visit), head }),
            None => {
                let rejection = Rejection::missing_layer("Reauth", "GuardLayer");
                Err(head.render(rejection, &Renderer::default()))
            }
        }
    }
}

impl fmt::Debug for Reauth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reauth").field("asked", &self.asked()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_challenges_have_the_same_name() {
        let names: HashSet<_> = (0..100_000).map(|_| new_id().unwrap()).collect();
        assert_eq!(names.len(), 100_000);
        assert!(names.iter().all(|name| name.len() == 22));
    }
}
