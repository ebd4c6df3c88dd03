//! From where, and to where? Decides which address a request comes from and what its client has
//! asked for, and tells it to what is further in.
//!
//! `decide` is the decision; `x_forwarded_for` and `forwarded` read the header that it walks, and
//! `trust` says how far it may walk. `x_forwarded_target` and `forwarded` read what the proxy at the
//! end of that walk says of the scheme and the host. `proxy_protocol` is a listener for proxies that
//! speak of connections, not of requests.

mod builder;
mod config;
mod decide;
mod forwarded;
mod layer;
mod list;
mod network;
mod node;
mod origin;
mod proxy_protocol;
mod service;
mod trust;
mod x_forwarded_for;
mod x_forwarded_target;

pub use builder::ClientAddrBuilder;
pub use layer::ClientAddrLayer;
pub use proxy_protocol::ProxyProtocolListener;
pub use service::ClientAddrService;
