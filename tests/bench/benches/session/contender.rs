use axum::Router;

use crate::handlers::{Meeting, routes};

/// A layer over a store.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    layer: Box<dyn Fn(Router) -> Router>,
}

impl Contender {
    pub(crate) fn new(name: &'static str, layer: impl Fn(Router) -> Router + 'static) -> Self {
        Self { name, layer: Box::new(layer) }
    }

    pub(crate) fn app(&self, meeting: Meeting) -> Router {
        (self.layer)(routes(meeting))
    }
}

/// Contenders over the same kind of store, and the least that a request to it can cost.
pub(crate) struct Group {
    pub(crate) title: String,
    pub(crate) contenders: Vec<Contender>,
}
