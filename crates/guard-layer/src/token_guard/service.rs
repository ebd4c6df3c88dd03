use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use auth_core::{Anonymous, Principal, Rejection, RequestHead};
use axum::response::Response;
use http::Request;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::config::Config;
use crate::decision::Decision;
use crate::note::Asked;
use crate::rejection;
use crate::sight::client_of;

/// The service of a [`TokenGuardLayer`](super::TokenGuardLayer).
#[derive(Clone, Debug)]
pub struct TokenGuardService<S> {
    inner: S,
    config: Arc<Config>,
}

impl<S> TokenGuardService<S> {
    pub(super) fn new(inner: S, config: Arc<Config>) -> Self {
        Self { inner, config }
    }
}

impl<S, B> Service<Request<B>> for TokenGuardService<S>
where
    S: Service<Request<B>, Response = Response>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = TokenGuardFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let state = match refusal(&self.config, &request) {
            None => State::Passed { future: self.inner.call(request) },
            Some(rejection) => {
                let head = RequestHead::of_request(&request);
                let response = self.config.judge.renderer.render(&rejection, &head);
                State::Refused { response: Some(Box::new(response)) }
            }
        };
        TokenGuardFuture { state }
    }
}

/// Whose token the request has, decides on it, and tells of that.
fn refusal<B>(config: &Arc<Config>, request: &Request<B>) -> Option<Rejection> {
    let extensions = request.extensions();
    let Some(principal) = extensions.get::<Principal>() else {
        let is_asked_for = extensions.get::<Anonymous>().is_some();
        return (!is_asked_for).then(missing_layer);
    };
    let verdict = config.judge(principal, request.headers(), client_of(extensions));
    let decision = verdict.decision;
    #[cfg(feature = "metrics")]
    config.judge.decisions.count(decision);
    if verdict.would != Decision::Allow {
        config.tell(principal, verdict);
    }
    match decision {
        Decision::Allow => None,
        Decision::Challenge => Some(rejection::step_up(&Asked::by_doubt())),
        Decision::End { .. } => Some(rejection::wrong_binding()),
    }
}

fn missing_layer() -> Rejection {
    Rejection::missing_layer("TokenGuardLayer", "a JwtLayer outside of it")
}

pin_project! {
    /// The response future of a [`TokenGuardService`].
    pub struct TokenGuardFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Passed { #[pin] future: F },
        Refused { response: Option<Box<Response>> },
    }
}

impl<F, E> Future for TokenGuardFuture<F>
where
    F: Future<Output = Result<Response, E>>,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match self.project().state.project() {
            StateProjection::Passed { future } => ready!(future.poll(cx)),
            StateProjection::Refused { response } => Ok(*response.take().unwrap_or_default()),
        })
    }
}
