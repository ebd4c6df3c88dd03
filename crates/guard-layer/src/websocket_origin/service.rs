use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use auth_core::{Renderer, RequestHead};
use axum::response::Response;
use http::{HeaderValue, Request};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::{decide, rejection};

/// The service that [`WebSocketOriginLayer`](super::WebSocketOriginLayer) makes.
#[derive(Clone, Debug)]
pub struct WebSocketOriginService<S> {
    inner: S,
    trusted: Arc<[HeaderValue]>,
}

impl<S> WebSocketOriginService<S> {
    pub(super) fn new(inner: S, trusted: Arc<[HeaderValue]>) -> Self {
        Self { inner, trusted }
    }
}

impl<S, B> Service<Request<B>> for WebSocketOriginService<S>
where
    S: Service<Request<B>, Response = Response>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = WebSocketOriginFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let state = match decide::may_pass(&request, &self.trusted) {
            true => State::Passed { future: self.inner.call(request) },
            false => State::Refused { response: Some(refuse(&request)) },
        };
        WebSocketOriginFuture { state }
    }
}

fn refuse<B>(request: &Request<B>) -> Response {
    let head = RequestHead::of_request(request);
    Renderer::default().render(&rejection::cross_origin(), &head)
}

pin_project! {
    /// The response future of a [`WebSocketOriginService`].
    pub struct WebSocketOriginFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Passed { #[pin] future: F },
        Refused { response: Option<Response> },
    }
}

impl<F, E> Future for WebSocketOriginFuture<F>
where
    F: Future<Output = Result<Response, E>>,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match self.project().state.project() {
            StateProjection::Passed { future } => ready!(future.poll(cx)),
            StateProjection::Refused { response } => Ok(response.take().unwrap_or_default()),
        })
    }
}
