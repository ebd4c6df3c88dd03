use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use auth_core::ClientAddr;
use axum::extract::connect_info::{ConnectInfo, MockConnectInfo};
use http::{Extensions, Request};
use tower_service::Service;

use super::config::Config;
use super::decide;

/// The service that [`ClientAddrLayer`](super::ClientAddrLayer) makes.
///
/// It changes nothing but the request's extensions: responses and errors are the inner service's.
#[derive(Clone, Debug)]
pub struct ClientAddrService<S> {
    inner: S,
    config: Arc<Config>,
}

impl<S> ClientAddrService<S> {
    pub(super) fn new(inner: S, config: Arc<Config>) -> Self {
        Self { inner, config }
    }

    fn client_addr<B>(&self, request: &Request<B>) -> ClientAddr {
        let Some(peer) = peer(request.extensions()) else {
            self.config.report_missing_peer();
            return ClientAddr::UNKNOWN;
        };
        decide::client_addr(ClientAddr::new(peer.ip()), &self.config.source, request.headers())
    }
}

impl<S, B> Service<Request<B>> for ClientAddrService<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        let client = self.client_addr(&request);
        request.extensions_mut().insert(client);
        self.inner.call(request)
    }
}

/// The mock is what axum's own extractor falls back to.
fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    let mock = || extensions.get().map(|MockConnectInfo(peer)| *peer);
    extensions.get().map(|ConnectInfo(peer)| *peer).or_else(mock)
}
