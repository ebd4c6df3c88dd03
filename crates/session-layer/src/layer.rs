use std::sync::Arc;

use tower_layer::Layer;

use crate::backend::Backend;
use crate::config::Config;
use crate::{HealthRoutes, SessionLayerBuilder, SessionService, Sessions};

/// A layer that gives every request a [`Session`](crate::Session), kept in a backend that all
/// instances share.
///
/// # What it does with a request
///
/// 1. Its cookie is read. One that can't be an id, is not signed though it should be, or stands
///    twice with different values is as none.
/// 2. The handler gets a `Session`. Nothing is loaded before the handler asks the session for
///    something; then it is loaded once.
/// 3. The response is about to start: what changed is committed, in one call of the backend. A
///    session that was not changed is not written, though about ten times per idle time it is
///    written down that it was seen.
/// 4. A session that began or got another id is given to the client in a cookie, and the response
///    is not to be stored (`Cache-Control: no-store`, `Vary: Cookie`).
///
/// A handler that needs the changes to be there earlier calls `session.save()`.
///
/// # What it promises
///
/// - Of requests that change different fields of a session at once, none loses anything; a field
///   that is changed with [`update`](crate::SessionExt::update) loses no change of it either.
/// - A session that was ended stays ended, whatever is still in flight.
/// - A login gives the session a new id, and the old one is worth nothing from then on.
/// - A request that finds its session replaced by a login neither takes part in it nor touches the
///   client's cookie. If it has changes to save, it is refused with 503 `commit_failed`: the client
///   has the new cookie by now, and may try again.
/// - A response with a server error commits nothing but the end of a session.
/// - While the backend can't be asked, a request is served as a guest's
///   ([`status`](crate::SessionExt::status) says so), and changes turn the response into 503
///   `store_unavailable` with `Retry-After`. The client's cookie stays as it is, and is good again
///   when the backend is. [`NeedsSessionLayer`](crate::NeedsSessionLayer) refuses such requests.
///
/// # Example
///
/// ```
/// use axum::{Router, routing::{get, post}};
/// use session_layer::{Session, SessionExt, SessionLayer, backend::MemoryBackend};
///
/// async fn login(session: Session) -> Result<&'static str, session_layer::SessionError> {
///     // After the password was checked.
///     session.login("alice").await?;
///     Ok("welcome")
/// }
///
/// async fn visits(session: Session) -> Result<String, session_layer::SessionError> {
///     let visits = session.update("visits", |visits: Option<u32>| visits.unwrap_or(0) + 1).await?;
///     Ok(format!("visit {visits}"))
/// }
///
/// # fn main() -> Result<(), session_layer::ConfigError> {
/// let sessions = SessionLayer::builder(MemoryBackend::new()).build()?;
/// let app: Router = Router::new()
///     .route("/login", post(login))
///     .route("/visits", get(visits))
///     .layer(sessions);
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SessionLayer(Arc<Config>);

impl SessionLayer {
    /// Configures a layer that keeps sessions in this backend.
    pub fn builder(backend: impl Backend) -> SessionLayerBuilder {
        Self::builder_shared(Arc::new(backend))
    }

    /// [`builder`](Self::builder) with a backend that the application uses elsewhere too.
    pub fn builder_shared(backend: Arc<dyn Backend>) -> SessionLayerBuilder {
        SessionLayerBuilder::new(backend)
    }

    /// The sessions of all users, for the application's own administration.
    pub fn sessions(&self) -> Sessions {
        Sessions::new(Arc::clone(&self.0))
    }

    /// `GET /health` and `GET /ready`, for balancers and operators.
    pub fn health(&self) -> HealthRoutes {
        HealthRoutes::new(Arc::clone(&self.0))
    }

    pub(crate) fn new(config: Config) -> Self {
        Self(Arc::new(config))
    }
}

impl<S> Layer<S> for SessionLayer {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SessionService::new(inner, Arc::clone(&self.0))
    }
}
