//! The PROXY protocol, versions 1 and 2, as a listener.
//!
//! `listener` decides who has to send a header and waits for it, `receive` bounds that wait, and
//! `header` takes the header off the connection, byte for byte.

mod header;
mod listener;
mod receive;

pub use listener::ProxyProtocolListener;
