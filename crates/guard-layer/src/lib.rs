//! Tower layers that tell where a request comes from and whether it may go on.
//!
//! [`ClientAddrLayer`] finds out the address of the client, behind any number of proxies, and puts
//! it into the request's extensions, where handlers and inner layers take it as [`ClientAddr`].

mod client_addr;

pub use auth_core::{ClientAddr, TargetOrigin};
pub use client_addr::{
    ClientAddrBuilder, ClientAddrLayer, ClientAddrService, ConfigError, ConfigErrorKind,
    ProxyProtocolListener,
};
