use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use auth_core::RequestHead;
use axum_core::response::Response;
use http::Request;
use tower_service::Service;

use crate::extract::Context;
use crate::{SessionError, SessionErrorKind, rejection};

/// The service of a [`NeedsSessionLayer`](super::NeedsSessionLayer).
#[derive(Clone, Debug)]
pub struct NeedsSessionService<S> {
    inner: S,
}

impl<S> NeedsSessionService<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S, B> Service<Request<B>> for NeedsSessionService<S>
where
    S: Service<Request<B>, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that is ready.
        let next = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, next);
        let (parts, body) = request.into_parts();
        Box::pin(async move {
            let request = Request::from_parts(parts, ());
            match refusal(&request).await {
                Some(response) => Ok(response),
                None => inner.call(request.map(|()| body)).await,
            }
        })
    }
}

async fn refusal(request: &Request<()>) -> Option<Response> {
    let head = RequestHead::of_request(request);
    let Some(context) = request.extensions().get::<Context>() else {
        let mistake = SessionError::new(SessionErrorKind::MissingLayer);
        return Some(
            auth_core::Renderer::default().render(&rejection::of_mistake(&mistake), &head),
        );
    };
    let ledger = context.ledger();
    let fault = ledger.reach().await.err()?;
    Some(ledger.config().renderer.render(&rejection::of(fault), &head))
}
