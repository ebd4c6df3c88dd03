use tower_layer::Layer;

use super::MarkService;
use crate::engine::Ledger;

/// A layer for routes that can do with a session as it was a moment ago, such as a catalogue with
/// the user's name on it: their requests may read a replica's copy, where the backend reads
/// replicas if told to (`RedisBuilder::replica_reads`), and how old that is at most is said there.
/// With any other backend it changes nothing.
///
/// So long may a session that was ended elsewhere still be found, and a client may not yet see what
/// it has just changed. Nothing else is at stake: nobody is logged out because a replica does not
/// have the session; a change is made to what the store itself has, and costs a second attempt if
/// that is newer; once a request has changed the session it reads the store itself, and so does it
/// for a login, a logout, a new id, or the user's list of devices. On a route that has a
/// [`FreshLayer`](crate::FreshLayer) too, that one counts.
///
/// It stands inside of the [`SessionLayer`](crate::SessionLayer), which is outermost when it is
/// added last:
///
/// ```
/// use axum::{Router, routing::get};
/// use session_layer::{SessionLayer, StaleLayer, backend::MemoryBackend};
///
/// # fn main() -> Result<(), session_layer::ConfigError> {
/// let sessions = SessionLayer::builder(MemoryBackend::new()).build()?;
/// let app: Router = Router::new()
///     .route("/catalogue", get(|| async { "shoes" }).layer(StaleLayer::new()))
///     .layer(sessions);
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct StaleLayer(());

impl StaleLayer {
    /// The layer; it has no settings.
    pub fn new() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for StaleLayer {
    type Service = MarkService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        MarkService::new(inner, "StaleLayer", Ledger::make_stale)
    }
}
