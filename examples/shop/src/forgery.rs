//! Forms and WebSockets of other sites: a browser sends them with the user's cookie, where nothing
//! forbids it.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use example_service::Refusal;
use guard_layer::WebSocketOriginLayer;
use http::StatusCode;
use tower_http::csrf::{CsrfLayer, ProtectionError};

type Refuse = fn(ProtectionError) -> Response;

/// Refuses requests that may change something and that a browser sends for another site, as it
/// says in `Sec-Fetch-Site` or `Origin`. Programs, which send neither, are let pass.
///
/// A WebSocket begins with a `GET`, which the first layer has to let pass. There is no such route
/// here; one that is added is protected from the start.
pub(crate) fn layers() -> (CsrfLayer<Refuse>, WebSocketOriginLayer) {
    (CsrfLayer::new().with_rejection_response(refuse), WebSocketOriginLayer::new())
}

fn refuse(_: ProtectionError) -> Response<Body> {
    let detail = "this request comes from another site";
    Refusal::new(StatusCode::FORBIDDEN, "cross_origin", detail).into_response()
}
