use axum::Router;

use crate::handlers::{Meeting, routes};
use crate::wire::Wire;
use crate::yardstick::Yardstick;

/// A layer over a store.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    layer: Box<dyn Fn(Router) -> Router + Send + Sync>,
}

impl Contender {
    pub(crate) fn new(
        name: &'static str,
        layer: impl Fn(Router) -> Router + Send + Sync + 'static,
    ) -> Self {
        Self { name, layer: Box::new(layer) }
    }

    pub(crate) fn app(&self, meeting: Meeting) -> Router {
        (self.layer)(routes(meeting))
    }
}

pub(crate) fn is_ours(name: &str) -> bool {
    name.starts_with("session-layer")
}

/// Contenders over the same kind of store, the peer first, and the least that a call to it can cost.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    /// How many requests one takes before the next has its turn.
    pub(crate) requests: u32,
    pub(crate) contenders: Vec<Contender>,
    pub(crate) yardsticks: Vec<Yardstick>,
    /// The same contenders over a wire that counts.
    pub(crate) wired: Option<(Wire, Vec<Contender>)>,
}
