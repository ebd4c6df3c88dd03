use tower_layer::Layer;

use super::NeedsSessionService;

/// A layer for routes that need to know whose session it is: while the backend can't say, their
/// requests are refused with 503 `store_unavailable` and `Retry-After`, rather than served as a
/// guest's. A request without a session's cookie goes on, for it is a guest's in any case.
///
/// It loads the session before the handler. It stands inside of the
/// [`SessionLayer`](crate::SessionLayer), which is outermost when it is added last:
///
/// ```
/// use axum::{Router, routing::get};
/// use session_layer::{NeedsSessionLayer, SessionLayer, backend::MemoryBackend};
///
/// # fn main() -> Result<(), session_layer::ConfigError> {
/// let sessions = SessionLayer::builder(MemoryBackend::new()).build()?;
/// let app: Router = Router::new()
///     .route("/account", get(|| async { "yours" }).layer(NeedsSessionLayer::new()))
///     .layer(sessions);
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct NeedsSessionLayer(());

impl NeedsSessionLayer {
    /// The layer; it has no settings.
    pub fn new() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for NeedsSessionLayer {
    type Service = NeedsSessionService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        NeedsSessionService::new(inner)
    }
}
