use axum::extract::Request;
use http::{HeaderName, HeaderValue};
use tower_http::request_id::{MakeRequestId, RequestId};

use crate::random;

/// The header that carries the id of a request.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Makes an id for a request that brings none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RandomId;

impl MakeRequestId for RandomId {
    fn make_request_id<B>(&mut self, _request: &http::Request<B>) -> Option<RequestId> {
        Some(RequestId::new(HeaderValue::try_from(random::hex()?).ok()?))
    }
}

/// Drops ids that could forge or swell a log line, so that the request gets a new one.
pub(crate) async fn drop_unusable(mut request: Request) -> Request {
    let mut ids = request.headers().get_all(X_REQUEST_ID).iter();
    let usable = matches!((ids.next(), ids.next()), (Some(id), None) if is_usable(id));
    if !usable {
        request.headers_mut().remove(X_REQUEST_ID);
    }
    request
}

/// One to 64 letters, digits, `-`, `_` and `.`.
fn is_usable(id: &HeaderValue) -> bool {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    (1..=64).contains(&id.len()) && id.as_bytes().iter().all(fits)
}

/// The id of a request, for its log line.
pub(crate) fn of(request: &Request) -> &str {
    let id = request.headers().get(X_REQUEST_ID);
    id.and_then(|id| id.to_str().ok()).unwrap_or_default()
}
