use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use auth_core::{Rejection, Renderer, RequestHead};
use axum::response::Response;
use http::Request;
use http::header::ACCEPT;
use tower_service::Service;

use super::config::Config;
use super::old_id;
use super::visit::{Decided, Visit};
use super::way_back;
use crate::decision::Decision;
use crate::guarded::Guarded;
use crate::note::Asked;
use crate::rejection;
use crate::sight::{Sight, client_of};

/// The service of a [`GuardLayer`](super::GuardLayer).
#[derive(Clone, Debug)]
pub struct GuardService<S> {
    inner: S,
    config: Arc<Config>,
    exempt: bool,
}

impl<S> GuardService<S> {
    pub(super) fn new(inner: S, config: Arc<Config>, exempt: bool) -> Self {
        Self { inner, config, exempt }
    }
}

impl<S, B> Service<Request<B>> for GuardService<S>
where
    S: Service<Request<B>, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // The one that is ready.
        let next = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, next);
        let config = Arc::clone(&self.config);
        let client = client_of(request.extensions());
        let sight = Arc::new(Sight::of(request.headers(), client, &config.judge.watch));
        let lets_suspects_in = self.exempt || config.is_page(way_back::target(&request).path());
        Box::pin(async move {
            let Some(session) = request.extensions().get::<Guarded>().cloned() else {
                return Ok(missing_layer(&request, &config.judge.renderer));
            };
            let mut visit = Visit::begin(config, session, sight).await;
            old_id::look_into(&visit.config, &visit.session);
            let decided = match visit.decide().await {
                Ok(decided) => decided,
                Err(rejection) => return Ok(refuse(&rejection, &request, &visit.config)),
            };
            let visit = Arc::new(visit);
            let response = match refusal(decided, lets_suspects_in, &visit, &request) {
                Some(response) => response,
                None => {
                    request.extensions_mut().insert(Arc::clone(&visit));
                    inner.call(request).await?
                }
            };
            visit.settle(decided);
            Ok(response)
        })
    }
}

fn refusal<B>(
    decided: Decided,
    lets_suspects_in: bool,
    visit: &Visit,
    request: &Request<B>,
) -> Option<Response> {
    match decided.decision {
        Decision::Allow => None,
        Decision::Challenge if lets_suspects_in => None,
        Decision::Challenge => Some(challenged(visit, Asked::by_doubt(), request)),
        Decision::End { .. } => Some(refuse(&rejection::session_ended(), request, &visit.config)),
    }
}

/// A browser goes to the page that asks for a factor, if there is one, and comes back by itself;
/// everybody else is told what to prove (RFC 9470).
pub(crate) fn challenged<B>(visit: &Visit, asked: Asked, request: &Request<B>) -> Response {
    match &visit.config.page {
        Some(page) if wants_page(request) => {
            visit.ask(asked, way_back::of(request));
            rejection::to_page(page)
        }
        _ => {
            let response = refuse(&rejection::step_up(&asked), request, &visit.config);
            visit.ask(asked, None);
            response
        }
    }
}

fn wants_page<B>(request: &Request<B>) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|kinds| kinds.contains("text/html"))
}

fn refuse<B>(rejection: &Rejection, request: &Request<B>, config: &Config) -> Response {
    config.judge.renderer.render(rejection, &RequestHead::of_request(request))
}

fn missing_layer<B>(request: &Request<B>, renderer: &Renderer) -> Response {
    let layer = "a SessionLayer (with its feature `guard`) outside of the GuardLayer";
    let rejection = Rejection::missing_layer("GuardLayer", layer);
    renderer.render(&rejection, &RequestHead::of_request(request))
}
