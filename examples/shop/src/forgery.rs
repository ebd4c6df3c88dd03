//! Forms of other sites: a browser sends them with the user's cookie, where nothing forbids it.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use example_service::Refusal;
use http::StatusCode;
use tower_http::csrf::{CsrfLayer, ProtectionError};

/// Refuses requests that may change something and that a browser sends for another site, as it
/// says in `Sec-Fetch-Site` or `Origin`. Programs, which send neither, are let pass.
pub(crate) fn layer() -> CsrfLayer<fn(ProtectionError) -> Response> {
    CsrfLayer::new().with_rejection_response(refuse)
}

fn refuse(_: ProtectionError) -> Response<Body> {
    let detail = "this request comes from another site";
    Refusal::new(StatusCode::FORBIDDEN, "cross_origin", detail).into_response()
}
