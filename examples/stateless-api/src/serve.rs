use std::future::IntoFuture;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::bounds::REQUEST_TIMEOUT;
use crate::drain::{StopSignals, drain, lingered};
use crate::listener::ClosingListener;
use crate::{Api, Phase, StartError, app};

/// How long it is not ready for want of another issuer's keys. Then it serves all who do not need
/// them: an issuer that is down must not keep every instance out.
const KEYS: Duration = Duration::from_secs(10);

/// How long the last requests may take, once nobody is let in any more.
const LAST_REQUESTS: Duration = REQUEST_TIMEOUT.saturating_add(Duration::from_secs(5));

/// Binds the address.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| StartError::about(format!("--listen {address}"), error))
}

/// Serves until a signal comes, and then until what is in flight has ended.
pub(crate) async fn serve(
    api: Api,
    listener: TcpListener,
    wait: Duration,
    mut signals: StopSignals,
) -> Result<(), StartError> {
    let lifecycle = api.lifecycle().clone();
    let failed = |error| StartError::about("--listen", error);
    let listener = ClosingListener::new(listener, lifecycle.clone()).map_err(failed)?;
    let listener = listener.tap_io(|connection| {
        connection.set_nodelay(true).ok();
    });
    let service = app(api.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(lingered(lifecycle.clone()));
    let server = tokio::spawn(server.into_future());
    tokio::select! {
        () = become_ready(&api) => signals.next().await,
        () = signals.next() => {}
    }
    drain(&lifecycle, wait, &mut signals).await;
    match timeout(LAST_REQUESTS, server).await {
        Ok(_) => tracing::info!("stopped"),
        Err(_) => tracing::warn!("stopped with requests in flight: they took too long"),
    }
    Ok(())
}

/// Ready with the keys of the other issuers, or without them if they take too long.
async fn become_ready(api: &Api) {
    if timeout(KEYS, api.has_all_keys()).await.is_err() {
        tracing::warn!("ready without the keys of an issuer: its tokens get 503 until they come");
    }
    api.lifecycle().enter(Phase::Serving);
}
