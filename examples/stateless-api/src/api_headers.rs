//! What browsers are told about every response, should one ever be opened as a page.

use http::HeaderValue;
use http::header::{CONTENT_SECURITY_POLICY, HeaderName, X_CONTENT_TYPE_OPTIONS};
use tower_http::set_header::SetResponseHeaderLayer;

/// It is data: nothing in it runs, and nobody frames it.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

type Header = SetResponseHeaderLayer<HeaderValue>;

/// The layers that set them. There is none against forged requests: a browser sends no token by
/// itself.
pub(crate) fn layer() -> (Header, Header) {
    (overriding(CONTENT_SECURITY_POLICY, POLICY), overriding(X_CONTENT_TYPE_OPTIONS, "nosniff"))
}

fn overriding(name: HeaderName, value: &'static str) -> Header {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}
