use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
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
        Ok(Self { listener, address, signals, drain: options.drain })
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
        let listener = listener.tap_io(|connection| {
            connection.set_nodelay(true).ok();
        });
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        let server =
            axum::serve(listener, service).with_graceful_shutdown(lingered(lifecycle.clone()));
        let server = tokio::spawn(server.into_future());
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

async fn become_ready(lifecycle: &Lifecycle, ready: impl Future<Output = ()>) {
    ready.await;
    lifecycle.enter(Phase::Serving);
}
