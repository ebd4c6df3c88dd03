//! Routes that read nothing old.

mod layer;
mod service;

pub use layer::FreshLayer;
pub use service::FreshService;
