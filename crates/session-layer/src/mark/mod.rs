//! Routes whose requests are treated otherwise.

mod fresh;
mod passive;
mod service;
mod stale;

pub use fresh::FreshLayer;
pub use passive::PassiveLayer;
pub use service::MarkService;
pub use stale::StaleLayer;
