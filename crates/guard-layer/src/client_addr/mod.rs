//! From where? Decides which address a request comes from, and tells it to what is further in.
//!
//! `decide` is the decision; `x_forwarded_for` and `forwarded` read the header that it walks, and
//! `trust` says how far it may walk.

mod builder;
mod config;
mod decide;
mod forwarded;
mod layer;
mod list;
mod network;
mod node;
mod service;
mod trust;
mod x_forwarded_for;

pub use builder::ClientAddrBuilder;
pub use layer::ClientAddrLayer;
pub use service::ClientAddrService;
