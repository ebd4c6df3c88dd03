use std::future::{Future, IntoFuture};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::{Listener, ListenerExt};
use guard_layer::ProxyProtocolListener;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::bounds::REQUEST_TIMEOUT;
use crate::drain::{StopSignals, drain, lingered};
use crate::listener::ClosingListener;
use crate::{InstanceOptions, Lifecycle, Phase, StartError};

/// How long the last requests may take, once nobody is let in any more.
const LAST_REQUESTS: Duration = REQUEST_TIMEOUT.saturating_add(Duration::from_secs(5));

/// A server that has its address, and knows when to stop.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    signals: StopSignals,
    drain: Duration,
    /// Who begins connections with a header that says who the client is.
    proxies: Option<Vec<String>>,
}

impl Server {
    /// Binds the address, and listens for signals from now on.
    ///
    /// # Errors
    /// If the address can't be had.
    pub async fn bind(options: &InstanceOptions) -> Result<Self, StartError> {
        let listen = options.listen;
        let about = |error| StartError::about(format!("--listen {listen}"), error);
        let signals = StopSignals::listen().map_err(|error| StartError::about("signals", error))?;
        let listener = TcpListener::bind(listen).await.map_err(about)?;
        let address = listener.local_addr().map_err(about)?;
        let proxies = options.proxy_protocol.then(|| options.trusted_proxy.clone());
        Ok(Self { listener, address, signals, drain: options.drain, proxies })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until a signal comes, and then until what is in flight has ended. It is ready, as
    /// the lifecycle tells, when `ready` is done.
    ///
    /// # Errors
    /// If the address is lost.
    pub async fn serve(
        mut self,
        app: Router,
        lifecycle: Lifecycle,
        ready: impl Future<Output = ()>,
    ) -> Result<(), StartError> {
        let listener = ClosingListener::new(self.listener, lifecycle.clone());
        let listener = listener.map_err(|error| StartError::about("--listen", error))?;
        let server = match self.proxies {
            None => spawn(listener, app, lifecycle.clone()),
            Some(proxies) => {
                let listener = ProxyProtocolListener::new(listener, proxies);
                let about = |error| StartError::about("--trusted-proxy", error);
                spawn(listener.map_err(about)?, app, lifecycle.clone())
            }
        };
        tokio::select! {
            () = become_ready(&lifecycle, ready) => self.signals.next().await,
            () = self.signals.next() => {}
        }
        drain(&lifecycle, self.drain, &mut self.signals).await;
        match timeout(LAST_REQUESTS, server).await {
            Ok(_) => tracing::info!("stopped"),
            Err(_) => tracing::warn!("stopped with requests in flight: they took too long"),
        }
        Ok(())
    }
}

fn spawn<L>(listener: L, app: Router, lifecycle: Lifecycle) -> JoinHandle<io::Result<()>>
where
    L: Listener<Io = TcpStream, Addr = SocketAddr>,
{
    let listener = listener.tap_io(|connection| {
        connection.set_nodelay(true).ok();
    });
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(lingered(lifecycle));
    tokio::spawn(server.into_future())
}

async fn become_ready(lifecycle: &Lifecycle, ready: impl Future<Output = ()>) {
    ready.await;
    lifecycle.enter(Phase::Serving);
}
