//! What browsers are told about every page.

use http::HeaderValue;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use tower_http::set_header::SetResponseHeaderLayer;

/// Our own script and our own style, and nothing of anybody else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      connect-src 'self'; img-src 'self' data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

type Header = SetResponseHeaderLayer<HeaderValue>;

/// The layers that set them.
pub(super) fn layer() -> (Header, Header, Header, Header, Header, Header, Header) {
    (
        overriding(CONTENT_SECURITY_POLICY, POLICY),
        overriding(X_CONTENT_TYPE_OPTIONS, "nosniff"),
        overriding(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        overriding(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        // Not `no-referrer`: with that, browsers say `Origin: null` to us too.
        overriding(REFERRER_POLICY, "same-origin"),
        overriding(CACHE_CONTROL, "no-store"),
        SetResponseHeaderLayer::appending(VARY, HeaderValue::from_static("cookie")),
    )
}

fn overriding(name: HeaderName, value: &'static str) -> Header {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}
