use tower_layer::Layer;

use super::MarkService;
use crate::engine::Ledger;

/// A layer for routes whose decisions may rest on nothing old, such as a payment, a step-up or a
/// list of sessions: their requests read the session from the store itself, past the memory of a
/// [`NearCache`](crate::wrap::NearCache). With a backend that caches nothing it changes nothing.
///
/// What has been read before the request comes here stays as it was read.
///
/// It stands inside of the [`SessionLayer`](crate::SessionLayer), which is outermost when it is
/// added last:
///
/// ```
/// use axum::{Router, routing::post};
/// use session_layer::{FreshLayer, SessionLayer, backend::MemoryBackend};
///
/// # fn main() -> Result<(), session_layer::ConfigError> {
/// let sessions = SessionLayer::builder(MemoryBackend::new()).build()?;
/// let app: Router = Router::new()
///     .route("/pay", post(|| async { "paid" }).layer(FreshLayer::new()))
///     .layer(sessions);
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct FreshLayer(());

impl FreshLayer {
    /// The layer; it has no settings.
    pub fn new() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for FreshLayer {
    type Service = MarkService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        MarkService::new(inner, "FreshLayer", Ledger::make_fresh)
    }
}
