use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state, map_request};
use guard_layer::ClientAddrLayer;
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderName, HeaderValue};
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::request_id::{RandomId, X_REQUEST_ID};
use crate::{InstanceOptions, Lifecycle, StartError, drain, logging, request_id};

/// The header that names the instance in every response.
const X_SERVED_BY: HeaderName = HeaderName::from_static("x-served-by");

/// One of the instances of a service that run behind a balancer. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Instance {
    name: HeaderValue,
    lifecycle: Lifecycle,
    client_addr: ClientAddrLayer,
}

impl Instance {
    /// The instance that the options describe. Without a name it is called after its `kind` and
    /// its port.
    ///
    /// # Errors
    /// If an option can't be right.
    pub fn new(options: &InstanceOptions, kind: &str) -> Result<Self, StartError> {
        let name = HeaderValue::try_from(options.name(kind));
        Ok(Self {
            name: name.map_err(|error| StartError::about("--instance", error))?,
            lifecycle: Lifecycle::new(),
            client_addr: client_addr(options)?,
        })
    }

    /// Whether it is starting, serving or ending. It is not ready before it is told to be
    /// [`Serving`](crate::Phase::Serving).
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    /// Puts around all routes what every request needs: its log line, its id, its client's
    /// address, and the name of this instance in the response.
    pub fn around(self, routes: Router) -> Router {
        routes.layer((
            SetSensitiveRequestHeadersLayer::new([AUTHORIZATION, COOKIE]),
            SetResponseHeaderLayer::overriding(X_SERVED_BY, self.name),
            from_fn_with_state(self.lifecycle, drain::close_connections),
            self.client_addr,
            map_request(request_id::drop_unusable),
            SetRequestIdLayer::new(X_REQUEST_ID, RandomId),
            PropagateRequestIdLayer::new(X_REQUEST_ID),
            from_fn(logging::log_request),
        ))
    }
}

/// With the PROXY protocol, whoever it names is the peer.
fn client_addr(options: &InstanceOptions) -> Result<ClientAddrLayer, StartError> {
    if options.trusted_proxy.is_empty() {
        return Ok(ClientAddrLayer::peer());
    }
    let layer = ClientAddrLayer::builder().trusted_proxies(&options.trusted_proxy);
    let layer = layer.x_forwarded_for().build();
    let layer = layer.map_err(|error| StartError::about("--trusted-proxy", error))?;
    Ok(if options.proxy_protocol { ClientAddrLayer::peer() } else { layer })
}
