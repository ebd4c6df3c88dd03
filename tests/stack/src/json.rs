//! Requests with JSON.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri, header};
use serde_json::Value;

/// A `POST` of this.
pub(crate) fn post(path: &'static str, body: &Value) -> Request<Bytes> {
    let mut request = Request::new(body.to_string().into());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = Uri::from_static(path);
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    request
}
