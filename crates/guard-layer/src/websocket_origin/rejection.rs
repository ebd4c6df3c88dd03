//! How the "no" to a WebSocket is rendered.

use auth_core::Rejection;
use http::StatusCode;

pub(super) fn cross_origin() -> Rejection {
    let detail = "this request comes from another site";
    Rejection::new(StatusCode::FORBIDDEN, "cross_origin", detail)
}
