use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use axum_core::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use tokio::time::timeout;

use crate::backend::{Health, HealthStatus};
use crate::config::Config;
use crate::rejection::UNREADY;

/// What balancers and operators ask for, from [`SessionLayer::health`](crate::SessionLayer::health).
///
/// `GET /health` says that the process serves: 200 and `{"status":"alive"}`, without a look at the
/// store, for an outage of that would otherwise take every instance out of every balancer at once.
///
/// `GET /ready` tells how sessions are. It is 200 even if they can't be had, so that pages which
/// do without go on, unless [`unready_from`](Self::unready_from) says otherwise. A Redis that is
/// gone, and an SQLite that stands in for it:
///
/// ```json
/// {"status":"degraded","stores":[
///   {"store":"redis","role":"primary","status":"down","breaker":"open"},
///   {"store":"sqlite","role":"backup","status":"up","breaker":"closed"}]}
/// ```
///
/// `status` is `up`, `degraded` or `down`; the fields of a store are those of
/// [`StoreHealth`](crate::backend::StoreHealth).
/// There is nothing secret in it: no address, and no text of an error. It costs the store about as
/// much as a request that reads a session, and is answered within 300 ms: a store that takes longer
/// is `down` with the error `timeout`. Neither answer may be stored by a cache.
///
/// ```
/// use axum::{Router, routing::get};
/// use session_layer::{SessionLayer, backend::MemoryBackend};
///
/// # fn main() -> Result<(), session_layer::ConfigError> {
/// let sessions = SessionLayer::builder(MemoryBackend::new()).build()?;
/// let app: Router = Router::new()
///     .route("/", get(|| async { "hello" }))
///     .layer(sessions.clone())
///     .merge(sessions.health().router());
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct HealthRoutes {
    config: Arc<Config>,
    unready_from: Option<HealthStatus>,
}

/// Shorter than balancers wait for a check.
const PATIENCE: Duration = Duration::from_millis(300);

impl HealthRoutes {
    pub(crate) fn new(config: Arc<Config>) -> Self {
        Self { config, unready_from: None }
    }

    /// `/ready` is 503 with `Retry-After` from this status on; by default it is 200 with any. For a
    /// service that is of no use without sessions, behind a balancer that has somewhere else to
    /// send requests to: [`Down`](HealthStatus::Down).
    #[must_use]
    pub fn unready_from(self, status: HealthStatus) -> Self {
        Self { unready_from: Some(status), ..self }
    }

    /// `GET /health` and `GET /ready`. They belong outside of the session layer.
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        Router::new()
            .route("/health", get(async || answer(StatusCode::OK, &Alive { status: "alive" })))
            .route("/ready", get(async move || self.ready().await))
    }

    /// How the backend is.
    pub async fn report(&self) -> Health {
        let backend = &self.config.backend;
        timeout(PATIENCE, backend.health()).await.unwrap_or_else(|_| Health::late(backend.name()))
    }

    /// The answer to `GET /ready`, for a service that has more to ask before it is ready.
    pub async fn ready(&self) -> Response {
        let health = self.report().await;
        match self.unready_from {
            Some(status) if health.status >= status => {
                let mut response = answer(UNREADY, &health);
                let headers = response.headers_mut();
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
                response
            }
            _ => answer(StatusCode::OK, &health),
        }
    }
}

#[derive(Serialize)]
struct Alive {
    status: &'static str,
}

fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    match serde_json::to_vec(body) {
        Ok(body) => (status, headers, body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
