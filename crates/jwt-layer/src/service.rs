use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, ready};

use auth_core::{Anonymous, Principal, RequestHead};
use axum_core::BoxError;
use axum_core::body::Body;
use axum_core::response::Response;
use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue, Request};
use http_body::Body as HttpBody;
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::config::Config;
use crate::context::Context;
use crate::keys::Refresh;
use crate::{JwtErrorKind, Token, rejection};

/// The service of a [`JwtLayer`](crate::JwtLayer).
#[derive(Clone, Debug)]
pub struct JwtService<S> {
    inner: S,
    config: Arc<Config>,
}

/// What becomes of a request.
enum Decision {
    /// It goes on, with a token or as anonymous.
    Pass {
        token: Option<Token>,
        in_query: bool,
    },
    /// Its key may be one that is just being published: ask again after the refresh.
    Wait(Refresh),
    Refuse(JwtErrorKind),
}

/// Whether waiting for newer keys is still to be tried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attempt {
    First,
    Last,
}

fn decide(config: &Config, head: &RequestHead<'_>, attempt: Attempt) -> Decision {
    let presented = match config.find(head) {
        Ok(Some(presented)) => presented,
        Ok(None) if config.required => return Decision::Refuse(JwtErrorKind::MissingToken),
        Ok(None) => return Decision::Pass { token: None, in_query: false },
        Err(kind) => return Decision::Refuse(kind),
    };
    let error = match config.verifier.verify_bytes(presented.token) {
        Ok(token) => {
            return Decision::Pass { token: Some(token), in_query: presented.in_query };
        }
        Err(error) => error,
    };
    if let Err(kind) = presented.check() {
        return Decision::Refuse(kind);
    }
    match config.verifier.refresh_after(&error) {
        Some(refresh) if attempt == Attempt::First => Decision::Wait(refresh),
        _ => Decision::Refuse(error.kind()),
    }
}

impl<S> JwtService<S> {
    pub(crate) fn new(inner: S, config: Arc<Config>) -> Self {
        Self { inner, config }
    }

    /// Decides, and acts on the decision with an inner service that is ready.
    fn dispatch<B>(&mut self, mut request: Request<B>, attempt: Attempt) -> State<S, B>
    where
        S: Service<Request<B>> + Clone,
    {
        match decide(&self.config, &RequestHead::of_request(&request), attempt) {
            Decision::Pass { token, in_query } => {
                self.introduce(&mut request, token);
                State::Inner { future: self.inner.call(request), private: in_query }
            }
            Decision::Wait(refresh) => {
                let next = self.inner.clone();
                let inner = mem::replace(&mut self.inner, next);
                let service = Self { inner, config: Arc::clone(&self.config) };
                State::Waiting { waiting: Box::new(Waiting { refresh, request, service }) }
            }
            Decision::Refuse(kind) => {
                let rejection = rejection::of(kind, &self.config);
                let head = RequestHead::of_request(&request);
                State::Refused {
                    response: Box::new(self.config.renderer.render(&rejection, &head)),
                }
            }
        }
    }

    /// Tells those further in who is asking.
    fn introduce<B>(&self, request: &mut Request<B>, token: Option<Token>) {
        let extensions = request.extensions_mut();
        match token.as_ref().and_then(Token::principal) {
            Some(principal) => {
                extensions.insert(principal.clone());
            }
            None => {
                extensions.remove::<Principal>();
                let challenge = Arc::clone(&self.config.challenge);
                extensions.insert(Anonymous::new(challenge, self.config.renderer.clone()));
            }
        }
        extensions.insert(Context::new(Arc::clone(&self.config), token));
    }
}

impl<S, B, R> Service<Request<B>> for JwtService<S>
where
    S: Service<Request<B>, Response = http::Response<R>> + Clone,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = ResponseFuture<S, B>;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        ResponseFuture { state: self.dispatch(request, Attempt::First) }
    }
}

pin_project! {
    /// The response future of a [`JwtService`].
    pub struct ResponseFuture<S: Service<Request<B>>, B> {
        #[pin]
        state: State<S, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    #[project_replace = StateOwned]
    enum State<S: Service<Request<B>>, B> {
        Inner { #[pin] future: S::Future, private: bool },
        Refused { response: Box<Response> },
        Waiting { waiting: Box<Waiting<S, B>> },
        Done,
    }
}

/// A request that waits for newer keys, with an inner service that is ready. It is rare, and in a
/// box so that others need not carry its size.
struct Waiting<S, B> {
    refresh: Refresh,
    request: Request<B>,
    service: JwtService<S>,
}

impl<S, B, R> Future for ResponseFuture<S, B>
where
    S: Service<Request<B>, Response = http::Response<R>> + Clone,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response, S::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        loop {
            match self.as_mut().project().state.project() {
                StateProjection::Inner { future, private } => {
                    let response = ready!(future.poll(cx))?;
                    return Poll::Ready(Ok(finish(response, *private)));
                }
                StateProjection::Waiting { waiting } => ready!(waiting.refresh.as_mut().poll(cx)),
                StateProjection::Refused { .. } | StateProjection::Done => {}
            }
            let mut state = self.as_mut().project().state;
            match state.as_mut().project_replace(State::Done) {
                StateOwned::Refused { response } => return Poll::Ready(Ok(*response)),
                StateOwned::Waiting { waiting } => {
                    let Waiting { request, mut service, .. } = *waiting;
                    state.set(service.dispatch(request, Attempt::Last));
                }
                StateOwned::Inner { .. } | StateOwned::Done => return Poll::Pending,
            }
        }
    }
}

/// A response to a token in the URL must not be shared (RFC 6750 section 2.3).
fn finish<R>(response: http::Response<R>, private: bool) -> Response
where
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    let mut response = response.map(Body::new);
    if private && !is_private(response.headers()) {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private"));
    }
    response
}

fn is_private(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    values.any(|value| value.contains("no-store") || value.contains("private"))
}
