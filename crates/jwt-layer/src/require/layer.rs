use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use auth_core::{Rejection, Renderer, RequestHead};
use axum_core::BoxError;
use axum_core::body::Body;
use axum_core::response::Response;
use bytes::Bytes;
use http::Request;
use http_body::Body as HttpBody;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::Requirement;
use crate::context::Context;
use crate::{JwtErrorKind, rejection};

/// A layer that lets only those requests pass whose token meets a [`Requirement`].
///
/// It goes inside a [`JwtLayer`](crate::JwtLayer): in axum, before it in the order of the calls.
/// With `route_layer` it guards the routes that exist, and axum's 404 stays 404.
///
/// It refuses as [`Permit`](crate::Permit) does, which is the same for a single handler.
///
/// ```
/// use axum::{Router, routing::get};
/// use jwt_layer::{Algorithm, JwtLayer, KeySet, RequireLayer, Requirement};
/// use jwt_layer::{TrustedIssuer, Verifier, VerifyingKey};
///
/// # let keys = KeySet::new([VerifyingKey::hmac(Algorithm::HS256, [7; 32])?])?;
/// # let issuer = TrustedIssuer::new("https://login.example", keys).audience("orders-api");
/// # let verifier = Verifier::builder().trust(issuer).build()?;
/// let app: Router = Router::new()
///     .route("/admin", get(async || "secrets"))
///     .route_layer(RequireLayer::new(Requirement::Role("admin")))
///     .layer(JwtLayer::new(verifier));
/// # let _ = app;
/// # Ok::<(), jwt_layer::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RequireLayer(Requirement);

impl RequireLayer {
    /// A layer that asks for this.
    pub fn new(requirement: Requirement) -> Self {
        Self(requirement)
    }
}

impl<S> Layer<S> for RequireLayer {
    type Service = RequireService<S>;

    fn layer(&self, inner: S) -> RequireService<S> {
        RequireService { inner, requirement: self.0 }
    }
}

/// The service of a [`RequireLayer`].
#[derive(Clone, Debug)]
pub struct RequireService<S> {
    inner: S,
    requirement: Requirement,
}

/// Why a request may not pass, with the renderer to say so; none if it may.
fn refusal(requirement: &Requirement, context: Option<&Context>) -> Option<(Rejection, Renderer)> {
    let Some(context) = context else {
        return Some((Rejection::missing_layer("RequireLayer", "JwtLayer"), Renderer::default()));
    };
    let config = context.config();
    let rejection = match context.token() {
        Some(token) if requirement.is_met_by(token) => return None,
        Some(_) => rejection::of_requirement(requirement, config),
        None => rejection::of(JwtErrorKind::MissingToken, config),
    };
    Some((rejection, config.renderer.clone()))
}

impl<S, B, R> Service<Request<B>> for RequireService<S>
where
    S: Service<Request<B>, Response = http::Response<R>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = RequireFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let state = match refusal(&self.requirement, request.extensions().get()) {
            None => State::Inner { future: self.inner.call(request) },
            Some((rejection, renderer)) => {
                let response = renderer.render(&rejection, &RequestHead::of_request(&request));
                State::Refused { response: Some(response) }
            }
        };
        RequireFuture { state }
    }
}

pin_project! {
    /// The response future of a [`RequireService`].
    pub struct RequireFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Inner { #[pin] future: F },
        Refused { response: Option<Response> },
    }
}

impl<F, R, E> Future for RequireFuture<F>
where
    F: Future<Output = Result<http::Response<R>, E>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Inner { future } => {
                Poll::Ready(Ok(ready!(future.poll(cx))?.map(Body::new)))
            }
            StateProjection::Refused { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                None => Poll::Pending,
            },
        }
    }
}
