//! What those are told who may not.

use auth_core::{Challenge, Rejection, Renderer, RequestHead};
use axum::response::Response;
use http::{Request, StatusCode};
use tower_http::csrf::ProtectionError;

/// A 401 has to have a challenge (RFC 9110 section 15.5.2). No scheme is registered for cookies;
/// this is the one that draft-broyer-http-cookie-auth has proposed.
pub(super) fn login_required() -> Rejection {
    let challenge = Challenge::new("Cookie").realm("console");
    Rejection::new(StatusCode::UNAUTHORIZED, "login_required", "log in first").challenge(challenge)
}

pub(super) fn forbidden() -> Rejection {
    let detail = "you may not see the console";
    Rejection::new(StatusCode::FORBIDDEN, "forbidden", detail)
}

/// To a form that a browser sends for a page of another site.
pub(super) fn cross_origin(_: ProtectionError) -> Response {
    let detail = "this request comes from another site";
    let rejection = Rejection::new(StatusCode::FORBIDDEN, "cross_origin", detail);
    Renderer::default().render(&rejection, &RequestHead::of_request(&Request::new(())))
}

/// To a form without the fields that it has to have.
pub(super) fn malformed_form() -> Rejection {
    let detail = "the form has not the fields that it should have";
    Rejection::new(StatusCode::BAD_REQUEST, "malformed_form", detail)
}
