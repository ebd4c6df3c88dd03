//! May it go on? Compares a request with what is remembered of its session, and acts on it.
//!
//! `decide` is the decision; `visit` carries it out, and remembers.

mod builder;
mod config;
mod decide;
mod layer;
mod old_id;
mod service;
mod visit;
mod way_back;

pub use builder::GuardLayerBuilder;
pub use layer::GuardLayer;
pub use service::GuardService;
pub(crate) use service::challenged;
pub(crate) use visit::{Visit, Whose};
