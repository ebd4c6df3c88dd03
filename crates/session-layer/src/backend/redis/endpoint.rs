use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::RedisResult;
use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::address::Address;
use super::fault::timed_out;
use super::wire::{Driver, Wire};

/// Where connections go to. It is here that a Sentinel would be asked who is the master.
#[derive(Clone)]
pub(super) struct Endpoint {
    address: Address,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    timeout: Duration,
}

/// A connection that nobody uses is kept alive through firewalls, and found out if it is dead.
const KEEPALIVE: Duration = Duration::from_secs(15);

impl Endpoint {
    pub(super) fn new(
        address: Address,
        tls: Option<(TlsConnector, ServerName<'static>)>,
        timeout: Duration,
    ) -> Self {
        Self { address, tls, timeout }
    }

    /// A connection that has been greeted.
    pub(super) async fn open(&self) -> RedisResult<(Arc<Wire>, Driver)> {
        timeout(self.timeout, self.connect()).await.unwrap_or_else(|_| Err(timed_out()))
    }

    async fn connect(&self) -> RedisResult<(Arc<Wire>, Driver)> {
        let stream = TcpStream::connect((self.address.host.as_str(), self.address.port)).await?;
        stream.set_nodelay(true)?;
        let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE);
        SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
        match &self.tls {
            None => Wire::over(stream, &self.address.login).await,
            Some((tls, name)) => {
                let stream = tls.connect(name.clone(), stream).await?;
                Wire::over(stream, &self.address.login).await
            }
        }
    }
}

/// The host and port, for logs.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.address.host, self.address.port)
    }
}
