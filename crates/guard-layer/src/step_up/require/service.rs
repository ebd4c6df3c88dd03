use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use auth_core::{Anonymous, Clock, Principal, Rejection, Renderer, RequestHead, SystemClock};
use axum::response::Response;
use http::{Extensions, Request};
use tower_service::Service;

use super::requirement::{Proof, Requirement};
use crate::guard::{Visit, Whose, challenged};
use crate::note::Given;
use crate::rejection;
use crate::shown::seconds;

/// The service of a [`RequireFresh`](super::RequireFresh) and its like.
#[derive(Clone, Debug)]
pub struct RequireService<S> {
    inner: S,
    requirement: Requirement,
}

impl<S> RequireService<S> {
    pub(super) fn new(inner: S, requirement: Requirement) -> Self {
        Self { inner, requirement }
    }
}

impl<S, B> Service<Request<B>> for RequireService<S>
where
    S: Service<Request<B>, Response = Response>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match is_met(&self.requirement, request.extensions()) {
            true => Box::pin(self.inner.call(request)),
            false => Box::pin(ready(Ok(refusal(&self.requirement, &request)))),
        }
    }
}

/// Of the session or of the token, whichever there is.
fn is_met(requirement: &Requirement, extensions: &Extensions) -> bool {
    let visit = visit(extensions);
    let now = visit.map_or_else(|| seconds(SystemClock.now()), Visit::seconds);
    let token = extensions.get::<Principal>().and_then(Principal::authentication);
    let mut proofs = proofs_of(visit).chain(token.map(Proof::of_token));
    proofs.any(|proof| requirement.is_met_by(&proof, now))
}

fn proofs_of(visit: Option<&Visit>) -> impl Iterator<Item = Proof<'_>> {
    let (login, given): (Option<SystemTime>, &[Given]) = match visit.map(|visit| &visit.whose) {
        Some(Whose::User { login, stored, .. }) => (*login, &stored.read().given),
        _ => (None, &[]),
    };
    let stale_until = visit.and_then(Visit::stale_until);
    let proofs = given.iter().map(Proof::of_factor).chain(login.map(Proof::of_login));
    proofs.map(move |proof| proof.stale_until(stale_until))
}

fn refusal<B>(requirement: &Requirement, request: &Request<B>) -> Response {
    let extensions = request.extensions();
    let is_asked_for =
        extensions.get::<Principal>().is_some() || extensions.get::<Anonymous>().is_some();
    let asked = requirement.asked();
    let (rejection, renderer) = match visit(extensions) {
        Some(Visit { whose: Whose::Unknown(rejection), config, .. }) => {
            (rejection.clone(), config.judge.renderer.clone())
        }
        Some(visit) => return challenged(visit, asked, request),
        None if is_asked_for => (rejection::step_up(&asked), Renderer::default()),
        None => (Rejection::missing_layer("RequireFresh", "GuardLayer"), Renderer::default()),
    };
    renderer.render(&rejection, &RequestHead::of_request(request))
}

fn visit(extensions: &Extensions) -> Option<&Visit> {
    extensions.get::<Arc<Visit>>().map(Arc::as_ref)
}
