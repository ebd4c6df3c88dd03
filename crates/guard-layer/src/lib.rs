//! Tower layers that tell where a request comes from and whether it may go on.
//!
//! [`ClientAddrLayer`] finds out the address of the client, behind any number of proxies, and puts
//! it into the request's extensions, where handlers and inner layers take it as [`ClientAddr`].

mod agent;
mod client_addr;
mod facts;
mod memory;
mod pepper;
mod shown;
mod signal;

pub use agent::{Agent, Family, Platform};
pub use auth_core::ClientAddr;
pub use client_addr::{
    ClientAddrBuilder, ClientAddrLayer, ClientAddrService, ConfigError, ConfigErrorKind,
};
pub use facts::{Binding, Facts, OldCopy, Place};
pub use memory::Memory;
pub use pepper::{Peppers, Tag};
pub use signal::{Degree, Observation, Signal};
