//! A small shop that keeps nothing: it logs users in with JWTs and takes orders that carry all
//! they need, so that any instance behind any balancer can answer any request.
//!
//! [`Options`] says how it is run, [`Api`] is what all requests share, and [`app()`] is the router.
//! A request passes, from the outside in: the layers of [`app()`] (who serves it, from where it
//! comes, its id, its log line, its limits), then `JwtLayer` on the routes that need a token, then
//! the handler, in the file of its name.

mod admin;
mod api;
mod app;
mod bounds;
mod drain;
mod health;
mod json_body;
mod keys;
mod lifecycle;
mod listener;
mod logging;
mod login;
mod me;
mod options;
mod orders;
mod panics;
mod password;
mod problem;
mod random;
mod request_id;
mod run;
mod serve;
mod start_error;
mod sticky;
mod users;
mod welcome;

pub use api::Api;
pub use app::app;
pub use lifecycle::{Lifecycle, Phase};
pub use options::{LogFormat, Options, Trusted};
pub use run::run;
pub use start_error::StartError;
pub use users::{Demo, Users};
