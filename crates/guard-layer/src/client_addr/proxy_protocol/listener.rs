use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use auth_core::ClientAddr;
use axum::serve::Listener;
use tokio::task::JoinSet;

use super::receive::receive;
use crate::client_addr::network;
use crate::client_addr::trust::Trust;
use crate::error::{ConfigError, ConfigErrorKind};

/// A listener that takes the address of the client from the header of the PROXY protocol, version 1
/// or 2, with which a proxy begins each connection.
///
/// Use it behind a proxy that passes on bytes and not requests, such as HAProxy in `mode tcp`, AWS's
/// network load balancer or nginx's `stream`, with `send-proxy` or `send-proxy-v2`. It goes with
/// [`ClientAddrLayer::peer`](crate::ClientAddrLayer::peer): the client is then the peer, and no
/// header of a request can say anything else.
///
/// # What it does with a connection
///
/// 1. One of a peer that is not a trusted proxy is passed on as it is: its peer is the client. A
///    header that it sends is no HTTP, and gets 400.
/// 2. A trusted proxy has to send a header; nothing is guessed. The client is whom it names. For the
///    connections that it says to be its own (`LOCAL`), as for health checks, it is the proxy.
/// 3. Where the header names nobody (`UNKNOWN`, `AF_UNSPEC`, a Unix socket, a datagram), the address
///    is unspecified, `0.0.0.0:0`, which [`ClientAddrLayer`](crate::ClientAddrLayer) takes for no
///    address.
/// 4. A connection whose header is malformed, longer than 4 KiB, or not there within the
///    [deadline](Self::deadline) is closed, and the log says so. Others do not wait for it.
///
/// At most 1,024 connections wait for their header; further ones wait to be accepted. What follows
/// the addresses in version 2 (TLVs) is not read, the checksum included.
///
/// # Example
///
/// ```no_run
/// use std::net::SocketAddr;
///
/// use axum::{Router, routing::get, serve::ListenerExt};
/// use guard_layer::{ClientAddr, ClientAddrLayer, ProxyProtocolListener};
///
/// # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = tokio::net::TcpListener::bind("10.0.0.5:8080").await?;
/// let listener = ProxyProtocolListener::new(listener, ["10.0.0.1", "10.0.0.2"])?;
/// let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
///
/// let hello = |client: ClientAddr| async move { format!("hello, {client}") };
/// let app = Router::new().route("/", get(hello)).layer(ClientAddrLayer::peer());
/// axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?;
/// # Ok(())
/// # }
/// ```
///
/// `tap_io` is needed: without it axum knows no way to a `ConnectInfo<SocketAddr>`.
pub struct ProxyProtocolListener<L: Listener> {
    inner: L,
    trusted: Trust,
    deadline: Duration,
    /// Those whose header has not come yet. Dropped, they are closed.
    receiving: JoinSet<Option<(L::Io, SocketAddr)>>,
}

/// How many connections may wait for their header.
const MOST_RECEIVING: usize = 1024;

const DEADLINE: Duration = Duration::from_secs(3);

impl<L: Listener<Addr = SocketAddr>> ProxyProtocolListener<L> {
    /// Takes headers from the proxies with these addresses, or in these networks, written like
    /// `10.0.0.1` or `10.0.0.0/8`.
    ///
    /// Name only networks in which nobody but your proxies can open a connection to this server:
    /// whoever can is able to forge an address.
    ///
    /// # Errors
    ///
    /// No proxy is trusted, or every address; a network is malformed or has bits set to the right of
    /// its prefix.
    pub fn new<I>(listener: L, trusted_proxies: I) -> Result<Self, ConfigError>
    where
        I: IntoIterator,
        I::Item: ToString,
    {
        let proxies = trusted_proxies.into_iter().map(|proxy| network::parse(&proxy.to_string()));
        let networks = proxies.collect::<Result<Vec<_>, _>>()?;
        if networks.is_empty() {
            return Err(ConfigError::new(ConfigErrorKind::NoTrustedProxy));
        }
        Ok(Self {
            inner: listener,
            trusted: Trust::Networks(networks),
            deadline: DEADLINE,
            receiving: JoinSet::new(),
        })
    }

    /// How long a header may take to come: 3 seconds, unless it is said here. Proxies send it at
    /// once; give more where the network to them loses packets.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    fn trusts(&self, peer: SocketAddr) -> bool {
        self.trusted.covers(ClientAddr::new(peer.ip()), 0)
    }
}

impl<L> Listener for ProxyProtocolListener<L>
where
    L: Listener<Addr = SocketAddr>,
{
    type Io = L::Io;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (L::Io, SocketAddr) {
        loop {
            tokio::select! {
                Some(received) = self.receiving.join_next() => {
                    if let Ok(Some(connection)) = received {
                        return connection;
                    }
                }
                (io, peer) = self.inner.accept(), if self.receiving.len() < MOST_RECEIVING => {
                    if !self.trusts(peer) {
                        return (io, peer);
                    }
                    self.receiving.spawn(receive(io, peer, self.deadline));
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

impl<L: Listener + fmt::Debug> fmt::Debug for ProxyProtocolListener<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyProtocolListener")
            .field("inner", &self.inner)
            .field("trusted", &self.trusted)
            .field("deadline", &self.deadline)
            .field("receiving", &self.receiving.len())
            .finish()
    }
}
