//! The user whom all instances know.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use serde_json::json;

/// The users' file: a hash of `wonderland` that costs next to nothing, because a debug build takes
/// a second of the machine for a real one, and every test logs in.
pub(crate) const USERS: &str = "alice \
    $argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$ZdTDOD1u3qf0w1IlsXp74VMdAj8n5ZlUe4Oe0YrlDOs \
    scope=orders:write\n";

/// `POST /login` of that user.
pub fn login() -> Request<Bytes> {
    let user = json!({ "username": "alice", "password": "wonderland" });
    let mut request = Request::new(user.to_string().into());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = http::Uri::from_static("/login");
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    request
}
