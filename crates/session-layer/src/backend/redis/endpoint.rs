use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use redis::RedisResult;
use redis::aio::AsyncPushSender;
use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

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

enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
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
        let login = &self.address.login;
        let open = async {
            match self.connect().await? {
                Transport::Plain(stream) => Wire::over(stream, login).await,
                Transport::Tls(stream) => Wire::over(stream, login).await,
            }
        };
        timeout(self.timeout, open).await.unwrap_or_else(|_| Err(timed_out()))
    }

    /// The same, that also gets what Redis says without being asked.
    pub(super) async fn listen(
        &self,
        listener: impl AsyncPushSender,
    ) -> RedisResult<(Arc<Wire>, Driver)> {
        let login = &self.address.login;
        let open = async {
            match self.connect().await? {
                Transport::Plain(stream) => Wire::listening(stream, login, listener).await,
                Transport::Tls(stream) => Wire::listening(stream, login, listener).await,
            }
        };
        timeout(self.timeout, open).await.unwrap_or_else(|_| Err(timed_out()))
    }

    async fn connect(&self) -> io::Result<Transport> {
        let stream = TcpStream::connect((self.address.host.as_str(), self.address.port)).await?;
        stream.set_nodelay(true)?;
        let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE);
        SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
        match &self.tls {
            None => Ok(Transport::Plain(stream)),
            Some((tls, name)) => {
                Ok(Transport::Tls(Box::new(tls.connect(name.clone(), stream).await?)))
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
