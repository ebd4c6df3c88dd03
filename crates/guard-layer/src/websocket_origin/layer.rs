use std::sync::Arc;

use http::HeaderValue;
use tower_layer::Layer;

use super::decide;
use super::service::WebSocketOriginService;
use crate::error::{ConfigError, ConfigErrorKind};

/// A layer that refuses WebSockets which a browser opens for a page of another site.
///
/// Put it around routes that open WebSockets and know their user by a cookie: a browser sends that
/// with the handshake of whatever page, no preflight comes before, and no same-origin policy hides
/// what the socket says. tower-http's `CsrfLayer` lets the handshake pass, since it is a `GET`; use
/// both.
///
/// # When a request passes
///
/// 1. It opens no WebSocket: it has no `Upgrade: websocket`, and is no `CONNECT`.
/// 2. It has no `Origin`. Browsers always send one with a handshake, and programs have no cookies of
///    their users to abuse.
/// 3. Its `Origin` is one that is [trusted](Self::trust).
/// 4. Its `Origin` has the host and port that it asks for, and the scheme, where that is known: as
///    [`TargetOrigin`](crate::TargetOrigin) says, if a [`ClientAddrLayer`](crate::ClientAddrLayer)
///    is further out, and otherwise by `:authority` or `Host`.
///
/// All others get 403 `cross_origin`, also with two `Origin`s or with `null`.
///
/// # What this does not protect from
///
/// Pages of this very origin that run someone else's script; and clients other than browsers, which
/// say what they like.
///
/// # Example
///
/// ```
/// use axum::{Router, routing::get};
/// use guard_layer::WebSocketOriginLayer;
///
/// let layer = WebSocketOriginLayer::new().trust("https://app.example")?;
/// let app: Router = Router::new().route("/socket", get(|| async { "…" })).layer(layer);
/// # drop(app);
/// # Ok::<(), guard_layer::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct WebSocketOriginLayer {
    trusted: Arc<[HeaderValue]>,
}

impl WebSocketOriginLayer {
    /// Trusts nobody but this server's own pages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the pages of another origin too, written as browsers send it: `https://app.example`,
    /// in lower case, without a slash at its end, and without the port if it is the scheme's own.
    ///
    /// # Errors
    ///
    /// It is no origin, or not written like that.
    pub fn trust(self, origin: &str) -> Result<Self, ConfigError> {
        let refuse = || ConfigError::new(ConfigErrorKind::InvalidOrigin);
        let origin = HeaderValue::from_str(origin).map_err(|_| refuse())?;
        if !decide::is_as_browsers_send(&origin) {
            return Err(refuse());
        }
        let trusted = self.trusted.iter().cloned().chain([origin]);
        Ok(Self { trusted: trusted.collect() })
    }
}

impl<S> Layer<S> for WebSocketOriginLayer {
    type Service = WebSocketOriginService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        WebSocketOriginService::new(inner, Arc::clone(&self.trusted))
    }
}
