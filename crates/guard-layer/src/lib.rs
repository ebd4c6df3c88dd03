//! Tower layers that tell where a request comes from and whether it may go on.
//!
//! [`ClientAddrLayer`] finds out the address of the client, behind any number of proxies, and puts
//! it into the request's extensions, where handlers and inner layers take it as [`ClientAddr`].
//!
//! [`Policy::judge`] tells a thief from a commuter: it compares a request's [`Facts`] with the
//! [`Memory`] of its session, and decides whether it may go on. It is a pure function.

mod agent;
mod audit;
mod client_addr;
mod decision;
mod facts;
mod memory;
mod pepper;
mod policy;
mod shown;
mod signal;

pub use agent::{Agent, Family, Platform};
pub use audit::GuardEvent;
pub use auth_core::ClientAddr;
pub use client_addr::{
    ClientAddrBuilder, ClientAddrLayer, ClientAddrService, ConfigError, ConfigErrorKind,
};
pub use decision::{Decision, Reason, Verdict};
pub use facts::{Binding, Facts, OldCopy, Place};
pub use memory::Memory;
pub use pepper::{Peppers, Tag};
pub use policy::{Points, Policy, PolicyBuilder, PolicyError};
pub use signal::{Degree, Observation, Signal};
