use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::header::{CACHE_CONTROL, SET_COOKIE};
use http::{HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::config::Config;
use super::decision::decide;
use super::delivery::{Delivery, delivery};

/// The service that [`AffinityLayer`](super::AffinityLayer) makes.
#[derive(Clone, Debug)]
pub struct AffinityService<S> {
    inner: S,
    config: Arc<Config>,
}

impl<S> AffinityService<S> {
    pub(super) fn new(inner: S, config: Arc<Config>) -> Self {
        Self { inner, config }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for AffinityService<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let decision = decide(&self.config, request.headers());
        request.extensions_mut().insert(decision.affinity);
        ResponseFuture {
            set_cookie: decision.sets_cookie.then(|| self.config.set_cookie.clone()),
            inner: self.inner.call(request),
        }
    }
}

pin_project! {
    /// The future of an [`AffinityService`].
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        set_cookie: Option<HeaderValue>,
    }
}

impl<F, ResBody, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<ResBody>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.inner.poll(cx))?;
        if let Some(set_cookie) = this.set_cookie.take() {
            deliver(&mut response, set_cookie);
        }
        Poll::Ready(Ok(response))
    }
}

fn deliver<B>(response: &mut Response<B>, set_cookie: HeaderValue) {
    let delivery = delivery(response.status(), response.headers());
    let headers = response.headers_mut();
    if delivery == Delivery::MadePrivate {
        headers.append(CACHE_CONTROL, HeaderValue::from_static("private"));
    }
    if delivery != Delivery::Withheld {
        headers.append(SET_COOKIE, set_cookie);
    }
}
