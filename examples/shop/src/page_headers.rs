//! What browsers are told about every page.

use http::HeaderValue;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use tower_http::set_header::SetResponseHeaderLayer;

/// No scripts, no frames, no styles but our own, no forms to elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// No page of another site may embed what is the user's.
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// No window of another site keeps a hold on ours.
const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");

type Header = SetResponseHeaderLayer<HeaderValue>;

/// The layers that set them. What a response says of its caching and its policy itself, it keeps.
pub(crate) fn layer() -> (Header, Header, Header, Header, Header, Header, Header) {
    (
        SetResponseHeaderLayer::if_not_present(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ),
        overriding(X_CONTENT_TYPE_OPTIONS, "nosniff"),
        overriding(CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
        overriding(CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
        // Not `no-referrer`: with that, browsers say `Origin: null` to us too.
        overriding(REFERRER_POLICY, "same-origin"),
        SetResponseHeaderLayer::appending(VARY, HeaderValue::from_static("accept")),
        SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("no-store")),
    )
}

fn overriding(name: HeaderName, value: &'static str) -> Header {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}
