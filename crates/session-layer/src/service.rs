use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use auth_core::{Rejection, RequestHead};
use axum_core::BoxError;
use axum_core::body::Body;
use axum_core::response::Response;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use http_body::Body as HttpBody;
use pin_project_lite::pin_project;
use tower_service::Service;
use tower_sessions_core::{Session, session::Expiry};

use crate::config::Config;
use crate::cookie::SentId;
use crate::engine::{Ledger, Stay, Turn};
use crate::extract::Context as SessionContext;
use crate::session_error::Refusal;
use crate::{delivery, rejection};

/// The service of a [`SessionLayer`](crate::SessionLayer).
#[derive(Clone, Debug)]
pub struct SessionService<S> {
    inner: S,
    config: Arc<Config>,
}

impl<S> SessionService<S> {
    pub(crate) fn new(inner: S, config: Arc<Config>) -> Self {
        Self { inner, config }
    }
}

impl<S, B, R> Service<Request<B>> for SessionService<S>
where
    S: Service<Request<B>, Response = http::Response<R>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let sent = SentId::of(&self.config, request.headers());
        let ledger = Ledger::open(Arc::clone(&self.config), &sent);
        let session = Session::new(ledger.session_id(), Arc::clone(&ledger), None);
        let visit = Visit {
            session: session.clone(),
            ledger: Arc::clone(&ledger),
            sent,
            head: Head::of(&request),
        };
        #[cfg(feature = "guard")]
        request.extensions_mut().insert(crate::guarded::of(&session, &ledger));
        request.extensions_mut().insert(session);
        request.extensions_mut().insert(SessionContext::new(ledger));
        ResponseFuture {
            state: State::Handling { future: self.inner.call(request), visit: Some(visit) },
        }
    }
}

pin_project! {
    /// The response future of a [`SessionService`].
    pub struct ResponseFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Handling { #[pin] future: F, visit: Option<Visit> },
        Committing { future: Pin<Box<dyn Future<Output = Response> + Send>> },
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<http::Response<R>, E>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let mut state = self.as_mut().project().state;
            let (response, visit) = match state.as_mut().project() {
                StateProjection::Committing { future } => return future.as_mut().poll(cx).map(Ok),
                StateProjection::Handling { future, visit } => {
                    (ready!(future.poll(cx))?.map(Body::new), visit.take())
                }
            };
            let response = match &visit {
                Some(visit) => visit.refusal_of(response),
                None => response,
            };
            match visit.filter(Visit::has_to_commit) {
                None => return Poll::Ready(Ok(response)),
                Some(visit) => {
                    state.set(State::Committing { future: Box::pin(visit.finish(response)) });
                }
            }
        }
    }
}

/// A request and its session, on the way out.
struct Visit {
    session: Session,
    ledger: Arc<Ledger>,
    sent: SentId,
    head: Head,
}

impl Visit {
    /// Whether there is anything to do; most responses just pass.
    fn has_to_commit(&self) -> bool {
        self.session.is_modified() || self.ledger.has_errand()
    }

    async fn finish(self, response: Response) -> Response {
        let config = Arc::clone(self.ledger.config());
        let response = match response.status().is_server_error() && !config.commits_server_errors {
            true => response,
            false => self.commit(response).await,
        };
        let response = match self.ledger.drops_predecessor() {
            true => delivery::drop_predecessor(response, &config),
            false => response,
        };
        delivery::deliver(response, self.ledger.take_cookie_change(), &self.sent, &config)
    }

    async fn commit(&self, response: Response) -> Response {
        let modified = self.session.is_modified();
        self.ledger.take_fault();
        self.wish_for_renewal().await;
        self.wish_for_expiry();
        if self.session.is_modified() && self.session.save().await.is_err() && modified {
            return self.refuse(response);
        }
        self.ledger.commit_notes().await;
        // A renewal that failed changes nothing for the client.
        if self.ledger.is_due_for_touch() {
            self.ledger.touch().await;
        }
        response
    }

    async fn wish_for_renewal(&self) {
        if self.ledger.is_due_for_renewal() {
            self.ledger.wish(|wish| {
                wish.rotation.get_or_insert(Turn::Renew);
            });
            // It only marks the session; it was loaded.
            let _ = self.session.cycle_id().await;
        }
    }

    /// What a handler asked for with `Session::set_expiry`.
    fn wish_for_expiry(&self) {
        let Some(expiry) = self.session.expiry() else { return };
        let config = self.ledger.config();
        let stay = stay_of(expiry, config);
        self.ledger.wish(|wish| wish.stay = Some(stay));
    }

    fn refuse(&self, response: Response) -> Response {
        let Some(fault) = self.ledger.take_fault() else { return response };
        let rejection = rejection::of(fault);
        tracing::warn!(code = rejection.code(), "the session was not committed: {fault}");
        self.render(&rejection)
    }

    /// What a handler made of a [`SessionError`](crate::SessionError), in the layer's own way.
    fn refusal_of(&self, mut response: Response) -> Response {
        match response.extensions_mut().remove::<Refusal>() {
            Some(Refusal(rejection)) => self.render(&rejection),
            None => response,
        }
    }

    fn render(&self, rejection: &Rejection) -> Response {
        let request = self.head.to_request();
        self.ledger.config().renderer.render(rejection, &RequestHead::of_request(&request))
    }
}

fn stay_of(expiry: Expiry, config: &Config) -> Stay {
    let mut stay = config.stay(!matches!(expiry, Expiry::OnSessionEnd));
    match expiry {
        Expiry::OnSessionEnd => {}
        Expiry::OnInactivity(idle) => {
            stay.lifetime.idle = idle.try_into().unwrap_or_default();
            stay.lifetime.absolute = stay.lifetime.absolute.max(stay.lifetime.idle);
        }
        Expiry::AtDateTime(end) => {
            let left = std::time::SystemTime::from(end);
            let left = left.duration_since(auth_core::Clock::now(&config.clock));
            stay.lifetime.absolute = left.unwrap_or_default();
            stay.lifetime.idle = stay.lifetime.absolute;
        }
    }
    stay
}

/// What a renderer may want to know of a request, kept cheaply.
struct Head {
    method: Method,
    uri: Uri,
    accept: Option<HeaderValue>,
    content_type: Option<HeaderValue>,
}

impl Head {
    fn of<B>(request: &Request<B>) -> Self {
        let header = |name: HeaderName| request.headers().get(name).cloned();
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            accept: header(ACCEPT),
            content_type: header(CONTENT_TYPE),
        }
    }

    fn to_request(&self) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        let headers = [(ACCEPT, &self.accept), (CONTENT_TYPE, &self.content_type)];
        for (name, value) in headers.into_iter().filter_map(|(n, v)| Some((n, v.clone()?))) {
            request.headers_mut().insert(name, value);
        }
        request
    }
}
