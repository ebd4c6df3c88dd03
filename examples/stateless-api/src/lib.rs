//! A small shop that keeps nothing: it logs users in with JWTs and takes orders that carry all
//! they need, so that any instance behind any balancer can answer any request.
//!
//! [`Options`] says how it is run, [`Api`] is what all requests share, and [`app()`] is the router.
//! A request passes, from the outside in: what is around every example (`example_service`), then
//! `JwtLayer` on the routes that need a token, `TokenGuardLayer` if tokens are bound, then the handler,
//! in the file of its name.

mod admin;
mod api;
mod api_headers;
mod app;
mod health;
mod keys;
mod login;
mod me;
mod options;
mod orders;
mod run;
mod sticky;
mod to_try;
mod token_guard;

pub use api::Api;
pub use app::app;
pub use options::{Options, Trusted};
pub use run::run;
