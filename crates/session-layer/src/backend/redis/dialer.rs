use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::{PubSub, PubSubStream};
use redis::{RedisConnectionInfo, RedisResult};
use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::fault::timed_out;
use super::login::Login;
use super::place::Place;
use super::wire::{Driver, Listener, Wire};

/// Opens connections, to whichever server, as the same user.
#[derive(Clone)]
pub(super) struct Dialer {
    pub(super) tls: Option<TlsConnector>,
    pub(super) login: Login,
    pub(super) timeout: Duration,
}

enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection that nobody uses is kept alive through firewalls, and found out if it is dead.
const KEEPALIVE: Duration = Duration::from_secs(15);

impl Dialer {
    /// The same, to replicas in a cluster.
    pub(super) fn to_replicas(&self) -> Self {
        let login = Login { reads_replicas: true, ..self.login.clone() };
        Self { login, ..self.clone() }
    }

    /// A connection that has been greeted.
    pub(super) async fn open(&self, place: &Place) -> RedisResult<(Arc<Wire>, Driver)> {
        self.greet(place, None).await
    }

    /// The same, that also gets what Redis says without being asked.
    pub(super) async fn listen(
        &self,
        place: &Place,
        listener: Listener,
    ) -> RedisResult<(Arc<Wire>, Driver)> {
        self.greet(place, Some(listener)).await
    }

    pub(super) async fn greet(
        &self,
        place: &Place,
        listener: Option<Listener>,
    ) -> RedisResult<(Arc<Wire>, Driver)> {
        let open = async {
            match self.connect(place).await? {
                Transport::Plain(stream) => Wire::over(stream, &self.login, listener).await,
                Transport::Tls(stream) => Wire::over(stream, &self.login, listener).await,
            }
        };
        timeout(self.timeout, open).await.unwrap_or_else(|_| Err(timed_out()))
    }

    /// A connection that hears what is published there.
    pub(super) async fn subscribe(
        &self,
        place: &Place,
        channel: &str,
    ) -> RedisResult<PubSubStream> {
        let subscribe = async {
            let info = self.info();
            let mut connection = match self.connect(place).await? {
                Transport::Plain(stream) => PubSub::new(&info, stream).await?,
                Transport::Tls(stream) => PubSub::new(&info, stream).await?,
            };
            connection.subscribe(channel).await?;
            Ok(connection.into_on_message())
        };
        timeout(self.timeout, subscribe).await.unwrap_or_else(|_| Err(timed_out()))
    }

    fn info(&self) -> RedisConnectionInfo {
        let mut info = RedisConnectionInfo::default();
        if let Some(user) = &self.login.user {
            info = info.set_username(user);
        }
        if let Some(password) = &self.login.password {
            info = info.set_password(password);
        }
        info
    }

    async fn connect(&self, place: &Place) -> io::Result<Transport> {
        let stream = TcpStream::connect((place.host.as_str(), place.port)).await?;
        stream.set_nodelay(true)?;
        let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE);
        SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
        match &self.tls {
            None => Ok(Transport::Plain(stream)),
            Some(tls) => {
                let name = ServerName::try_from(place.host.clone()).map_err(io::Error::other)?;
                Ok(Transport::Tls(Box::new(tls.connect(name, stream).await?)))
            }
        }
    }
}

/// Without the login.
impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer")
            .field("tls", &self.tls.is_some())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
