//! Requests with JSON.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri, header};
use serde_json::Value;

/// A `GET`.
pub(crate) fn get(path: &'static str) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = Uri::from_static(path);
    request
}

/// A `POST` of this.
pub(crate) fn post(path: &'static str, body: &Value) -> Request<Bytes> {
    with_body(Method::POST, path, body)
}

/// A `PUT` of this.
pub(crate) fn put(path: &'static str, body: &Value) -> Request<Bytes> {
    with_body(Method::PUT, path, body)
}

fn with_body(method: Method, path: &'static str, body: &Value) -> Request<Bytes> {
    let mut request = get(path).map(|_| body.to_string().into());
    *request.method_mut() = method;
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    request
}
