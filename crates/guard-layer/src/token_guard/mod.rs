//! Is a token used by whom it was given to? Compares a request with what the token says of the one
//! that it was issued at.
//!
//! `claim` is what a token says, `fingerprint` the cookie that goes with it, `decide` the decision.

mod builder;
mod claim;
mod config;
mod decide;
mod fingerprint;
mod issued;
mod layer;
mod opened;
mod service;

pub use builder::TokenGuardBuilder;
pub use issued::IssuedBinding;
pub use layer::TokenGuardLayer;
pub use service::{TokenGuardFuture, TokenGuardService};
