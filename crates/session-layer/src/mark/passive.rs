use tower_layer::Layer;

use super::MarkService;
use crate::engine::Ledger;

/// A layer for routes that a page asks by itself, such as polls: their requests do not count as
/// activity, so that a session whose user has gone ends in its idle time. Changes that they make
/// are committed, and count.
///
/// It stands inside of the [`SessionLayer`](crate::SessionLayer), which is outermost when it is
/// added last:
///
/// ```
/// use axum::{Router, routing::get};
/// use session_layer::{PassiveLayer, SessionLayer, backend::MemoryBackend};
///
/// # fn main() -> Result<(), session_layer::ConfigError> {
/// let sessions = SessionLayer::builder(MemoryBackend::new()).build()?;
/// let app: Router = Router::new()
///     .route("/news", get(|| async { "none" }).layer(PassiveLayer::new()))
///     .layer(sessions);
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct PassiveLayer(());

impl PassiveLayer {
    /// The layer; it has no settings.
    pub fn new() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for PassiveLayer {
    type Service = MarkService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        MarkService::new(inner, "PassiveLayer", Ledger::make_passive)
    }
}
