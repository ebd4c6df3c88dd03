use std::sync::Arc;

use tower_layer::Layer;

use super::builder::ClientAddrBuilder;
use super::config::{Config, Source};
use super::service::ClientAddrService;

/// A layer that decides from which address a request comes and which scheme and host its client has
/// asked for, and puts both into the request's extensions, as
/// [`ClientAddr`](auth_core::ClientAddr) and [`TargetOrigin`](auth_core::TargetOrigin).
///
/// Handlers take `ClientAddr` as an extractor; inner layers read it from the extensions. Use
/// [`peer`](Self::peer) where clients connect directly, and [`builder`](Self::builder) behind
/// proxies.
///
/// # How the address is decided
///
/// 1. The peer is whoever opened the connection, from axum's `ConnectInfo<SocketAddr>`, or in tests
///    `MockConnectInfo<SocketAddr>`. Where there is none, the address is unknown, and the log says
///    once that the server lacks `into_make_service_with_connect_info::<SocketAddr>()`.
/// 2. With [`peer`](Self::peer), or when the peer is not a trusted proxy, it is the peer.
/// 3. Otherwise the one header that is configured is read. Its lines count as one list, in order;
///    each proxy has added to its right end the address that it had the request from.
/// 4. The list is walked from the right. A trusted hop is passed; the first that is not trusted is
///    the client, and what is left of it is not read.
/// 5. A hop without an address ends the walk, and the address is unknown: what is left of it could
///    be forged.
/// 6. Where the list ends and every hop was trusted, it is the last one passed, the leftmost. So
///    when a trusted proxy sends no header, it is the peer: a balancer's health check comes from
///    the balancer.
///
/// IPv4-mapped IPv6 addresses are IPv4 addresses everywhere: as peer, as hop, as trusted network.
///
/// # What is a hop without an address
///
/// An empty one, `unknown`, an obfuscated one (`_hidden`), and whatever is malformed. An empty hop
/// is not skipped, although RFC 9110 section 5.6.1.2 would have it so: a proxy that had nothing to
/// write would vouch for what the client wrote.
///
/// In `X-Forwarded-For` a hop is a bare address. One with a port or in brackets has no address,
/// since an IPv6 address with a port can be read as another address; where a proxy adds ports, as
/// some do, turn that off there, or use `Forwarded`.
///
/// In `Forwarded` (RFC 7239) a hop is the `for` parameter, once, of a well-formed element: an IPv4
/// address or an IPv6 address in brackets, without its port. What has a colon has to be quoted. A
/// quoted string ends within its line.
///
/// # The scheme and the host
///
/// They are taken from the same proxy that has named the client, and never from an untrusted peer.
/// Beside `X-Forwarded-For` they are in `X-Forwarded-Proto` and `X-Forwarded-Host`, at the same place
/// from the right, or else the leftmost, as most proxies write one value in place of what was there;
/// in `Forwarded` they are the `proto` and `host` of the client's element. What is malformed was not
/// said. The host that nobody said is that of the request (`:authority` or `Host`), which the client
/// chooses; the scheme is then unknown.
///
/// # What is ignored
///
/// Every other header, such as `X-Real-IP` and `CF-Connecting-IP`; the one of the two that is not
/// configured; every header of a peer that is not trusted. Headers are left as they are, so nobody
/// further in should read them. A `ClientAddr` from further out is replaced. The PROXY protocol is
/// the listener's business: a [`ProxyProtocolListener`](crate::ProxyProtocolListener) says in
/// `ConnectInfo` who the client is. It takes the place of both headers.
///
/// # What this does not protect from
///
/// - A trusted proxy that passes the header on without adding to it, or copies a client's text into
///   it unquoted. That goes for `X-Forwarded-Proto` and `X-Forwarded-Host` too: have the outermost
///   proxy write both, or remove them.
/// - With [`trusted_hops`](ClientAddrBuilder::trusted_hops), a client that gets around a proxy.
/// - Clients that share an address (NAT, a VPN), or one that has many: an address is a hint, and no
///   proof of who is asking.
///
/// # Example
///
/// ```
/// use std::net::SocketAddr;
///
/// use axum::{Router, routing::get};
/// use guard_layer::{ClientAddr, ClientAddrLayer};
///
/// async fn hello(client: ClientAddr) -> String {
///     format!("hello, {client}")
/// }
///
/// let client_addr = ClientAddrLayer::builder()
///     .trusted_proxies(["10.0.0.0/8", "fd00::/8"])
///     .x_forwarded_for()
///     .build()?;
/// let app: Router = Router::new().route("/", get(hello)).layer(client_addr);
/// let service = app.into_make_service_with_connect_info::<SocketAddr>();
/// # let _ = service;
/// # Ok::<(), guard_layer::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ClientAddrLayer {
    config: Arc<Config>,
}

impl ClientAddrLayer {
    /// Takes the peer's address, and reads no header. This is the default, and right wherever
    /// clients connect directly.
    pub fn peer() -> Self {
        Self::new(Source::Peer)
    }

    /// Begins a layer for a server behind proxies.
    pub fn builder() -> ClientAddrBuilder {
        ClientAddrBuilder::default()
    }

    pub(super) fn new(source: Source) -> Self {
        Self { config: Arc::new(Config::new(source)) }
    }
}

impl Default for ClientAddrLayer {
    fn default() -> Self {
        Self::peer()
    }
}

impl<S> Layer<S> for ClientAddrLayer {
    type Service = ClientAddrService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ClientAddrService::new(inner, Arc::clone(&self.config))
    }
}
