//! Tower layers for sessions that lose nothing, and for balancer stickiness.
//!
//! [`SessionLayer`] is the way in: it gives handlers a [`Session`], the one of tower-sessions, kept
//! in a [`backend`] that all instances share. [`SessionExt`] adds what a login needs, and
//! [`Sessions`] what an administrator needs. [`affinity`] names the instance that served a client
//! in a cookie, so that a balancer can keep the client there.
#![cfg_attr(feature = "guard", doc = include_str!("guarded.md"))]

pub mod affinity;
pub mod backend;
mod config;
#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "console")]
pub mod console;
mod cookie;
mod delivery;
mod device;
mod engine;
mod error;
mod event;
mod extract;
#[cfg(feature = "guard")]
mod guarded;
mod health;
mod layer;
mod login;
#[cfg(feature = "guard")]
mod login_attempts;
mod mark;
#[cfg(feature = "metrics")]
mod metrics;
mod needs_session;
mod notes;
mod observe;
mod rejection;
mod service;
mod session_error;
mod session_ext;
mod sessions;
mod status;
mod sweep;
pub mod wrap;

pub use affinity::AffinityLayer;
pub use config::{ClearSiteData, SessionLayerBuilder};
pub use cookie::SameSite;
pub use device::Device;
pub use error::{ConfigError, ConfigErrorKind};
pub use event::{Ending, SessionEvent, SessionEventKind};
pub use health::HealthRoutes;
pub use layer::SessionLayer;
pub use login::Login;
#[cfg(feature = "guard")]
pub use login_attempts::LoginAttempts;
pub use mark::{FreshLayer, MarkService, PassiveLayer, StaleLayer};
pub use needs_session::{NeedsSessionLayer, NeedsSessionService};
pub use notes::{Note, Notes};
pub use service::{ResponseFuture, SessionService};
pub use session_error::{SessionError, SessionErrorKind};
pub use session_ext::SessionExt;
pub use sessions::Sessions;
pub use status::SessionStatus;
pub use sweep::keep_swept;
pub use tower_sessions_core::Session;
