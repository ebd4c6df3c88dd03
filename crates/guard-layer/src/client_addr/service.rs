use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use auth_core::{ClientAddr, TargetOrigin};
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

    fn ends<B>(&self, request: &Request<B>) -> (ClientAddr, TargetOrigin) {
        let peer = peer(request.extensions());
        if peer.is_none() {
            self.config.report_missing_peer();
        }
        let peer = peer.map_or(ClientAddr::UNKNOWN, of_peer);
        decide::ends(peer, &self.config.source, request.uri(), request.headers())
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
        let (client, target) = self.ends(&request);
        request.extensions_mut().insert(client);
        request.extensions_mut().insert(target);
        self.inner.call(request)
    }
}

/// The mock is what axum's own extractor falls back to.
fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    let mock = || extensions.get().map(|MockConnectInfo(peer)| *peer);
    extensions.get().map(|ConnectInfo(peer)| *peer).or_else(mock)
}

/// Nobody has an unspecified address: it is what a `ProxyProtocolListener` has for no address.
fn of_peer(peer: SocketAddr) -> ClientAddr {
    match peer.ip().is_unspecified() {
        true => ClientAddr::UNKNOWN,
        false => ClientAddr::new(peer.ip()),
    }
}
