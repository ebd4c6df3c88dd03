//! Routes that are of no use to a guest whom an outage made one.

mod layer;
mod service;

pub use layer::NeedsSessionLayer;
pub use service::NeedsSessionService;
