use std::task::{Context as TaskContext, Poll};

use http::Request;
use tower_service::Service;

use crate::extract::Context;

/// The service of a [`FreshLayer`](super::FreshLayer).
#[derive(Clone, Debug)]
pub struct FreshService<S> {
    inner: S,
}

impl<S> FreshService<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S, B> Service<Request<B>> for FreshService<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match request.extensions().get::<Context>() {
            Some(context) => context.ledger().make_fresh(),
            None => tracing::warn!("a FreshLayer stands outside of the SessionLayer"),
        }
        self.inner.call(request)
    }
}
