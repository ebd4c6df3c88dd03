//! Tower layers that tell where a request comes from and whether it may go on.
//!
//! [`ClientAddrLayer`] finds out the address of the client, behind any number of proxies, and puts
//! it into the request's extensions, where handlers and inner layers take it as [`ClientAddr`].
//! [`ProxyProtocolListener`] is for proxies that name it with the PROXY protocol.
//!
//! [`LoginThrottle`] slows down who guesses passwords, and locks nobody out for good.
//! [`WebSocketOriginLayer`] refuses WebSockets that pages of other sites open.

mod client_addr;
mod login_throttle;
mod websocket_origin;

pub use auth_core::{ClientAddr, TargetOrigin};
pub use client_addr::{
    ClientAddrBuilder, ClientAddrLayer, ClientAddrService, ConfigError, ConfigErrorKind,
    ProxyProtocolListener,
};
pub use login_throttle::{
    AttemptKey, AttemptLimit, AttemptStore, AttemptStoreError, KeptAttempts, LoginAttempt,
    LoginThrottle, LoginThrottleBuilder, MemoryAttempts,
};
pub use websocket_origin::{WebSocketOriginFuture, WebSocketOriginLayer, WebSocketOriginService};
