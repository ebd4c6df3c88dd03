//! Routes whose requests do not count as activity.

mod layer;
mod service;

pub use layer::PassiveLayer;
pub use service::PassiveService;
