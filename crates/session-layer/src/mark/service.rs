use std::fmt;
use std::task::{Context as TaskContext, Poll};

use http::Request;
use tower_service::Service;

use crate::engine::Ledger;
use crate::extract::Context;

/// The service of a [`PassiveLayer`](crate::PassiveLayer), a [`FreshLayer`](crate::FreshLayer) or a
/// [`StaleLayer`](crate::StaleLayer).
#[derive(Clone)]
pub struct MarkService<S> {
    inner: S,
    layer: &'static str,
    mark: fn(&Ledger),
}

impl<S> MarkService<S> {
    /// What the layer of this name does to the session of a request.
    pub(super) fn new(inner: S, layer: &'static str, mark: fn(&Ledger)) -> Self {
        Self { inner, layer, mark }
    }
}

impl<S, B> Service<Request<B>> for MarkService<S>
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
            Some(context) => (self.mark)(context.ledger()),
            None => tracing::warn!("a {} stands outside of the SessionLayer", self.layer),
        }
        self.inner.call(request)
    }
}

impl<S: fmt::Debug> fmt::Debug for MarkService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.layer).field("inner", &self.inner).finish()
    }
}
