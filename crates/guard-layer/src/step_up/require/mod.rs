//! Routes that need a proof of who somebody is, whether they are suspected or not.

mod layer;
mod requirement;
mod service;

pub use layer::{Require, RequireAcr, RequireFactor, RequireFresh};
pub use service::RequireService;
