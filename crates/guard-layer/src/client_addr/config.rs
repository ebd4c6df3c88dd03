use std::sync::atomic::{AtomicBool, Ordering};

use super::trust::Trust;

/// What a layer and its services share.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) source: Source,
    missing_peer_reported: AtomicBool,
}

/// What the address is taken from.
#[derive(Debug)]
pub(super) enum Source {
    Peer,
    Proxies { trust: Trust, header: Header },
}

/// The one header that the proxies write.
#[derive(Clone, Copy, Debug)]
pub(super) enum Header {
    XForwardedFor,
    Forwarded,
}

impl Config {
    pub(super) fn new(source: Source) -> Self {
        Self { source, missing_peer_reported: AtomicBool::new(false) }
    }

    /// Tells the operator, once, that no request of this layer can have an address.
    pub(super) fn report_missing_peer(&self) {
        if !self.missing_peer_reported.swap(true, Ordering::Relaxed) {
            tracing::error!(
                "no request has a client address, because the server does not say who connects: \
                 serve `router.into_make_service_with_connect_info::<SocketAddr>()`"
            );
        }
    }
}
