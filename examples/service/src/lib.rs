//! What the examples have in common: how a service starts, serves, logs and ends.
//!
//! [`InstanceOptions`] are the options that all have, [`Instance`] is what goes around an
//! example's routes, and [`Server`] runs them until a signal comes. A request passes, from the
//! outside in: its log line, its id, from where it comes, who serves it, the limits of
//! [`bounded()`], and then the example's own layers and handlers. Every "no" is a [`Refusal`].

mod admin;
mod article;
mod bounds;
mod drain;
mod duration;
mod environment;
mod exit;
mod hash_password;
mod health;
mod instance;
mod json_body;
mod lifecycle;
mod listener;
mod logging;
mod options;
mod panics;
mod password;
mod password_desk;
mod peppers;
mod problem;
mod random;
mod request_id;
mod secret;
mod server;
mod start_error;
#[cfg(feature = "test-util")]
pub mod test_util;
mod users;
mod welcome;

pub use admin::Admin;
pub use article::check_article;
pub use bounds::bounded;
pub use duration::duration_within;
pub use environment::variables_of;
pub use exit::{exit, parse};
pub use hash_password::HashPassword;
pub use health::{Fine, health, readiness, unready};
pub use instance::Instance;
pub use json_body::JsonBody;
pub use lifecycle::{Lifecycle, Phase};
pub use logging::{LogFormat, start_logging};
pub use options::InstanceOptions;
pub use password_desk::PasswordDesk;
pub use peppers::peppers_of;
pub use problem::Refusal;
pub use secret::secret_of;
pub use server::Server;
pub use start_error::StartError;
pub use users::{Demo, User, Users};
pub use welcome::Welcome;
