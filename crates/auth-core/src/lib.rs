//! What the layers of this workspace have in common: who is asking ([`Principal`]), with a token that
//! is bound to what ([`TokenBinding`]), from where ([`ClientAddr`]), to where ([`TargetOrigin`]), when
//! ([`Clock`]), and how the answer is "no" ([`Rejection`], rendered as an RFC 9457 [`Problem`] with
//! RFC 9110 [`Challenge`]s).
//!
//! No I/O and no middleware: only the types that more than one layer names in its public API.

mod challenge;
mod client_addr;
mod clock;
mod principal;
mod problem;
mod rejection;
mod render;
mod target_origin;
mod token_binding;

pub use challenge::Challenge;
pub use client_addr::ClientAddr;
pub use clock::{Clock, ManualClock, SharedClock, SystemClock};
pub use principal::{Anonymous, Authentication, Principal};
pub use problem::Problem;
pub use rejection::{Refused, Rejection};
pub use render::{Renderer, RequestHead};
pub use target_origin::TargetOrigin;
pub use token_binding::TokenBinding;
