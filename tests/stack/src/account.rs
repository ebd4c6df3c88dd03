//! The users whom all instances know.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::json;

/// The users' file, of alice and of an operator: a hash of `wonderland` that costs next to nothing, because a debug build takes
/// a second of the machine for a real one, and every test logs in.
pub(crate) const USERS: &str = "alice \
    $argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$ZdTDOD1u3qf0w1IlsXp74VMdAj8n5ZlUe4Oe0YrlDOs \
    scope=orders:write\n\
    admin \
    $argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$ZdTDOD1u3qf0w1IlsXp74VMdAj8n5ZlUe4Oe0YrlDOs \
    role=admin\n";

/// The `User-Agent` of a browser of alice's.
pub const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// `POST /login` of alice.
pub fn login() -> Request<Bytes> {
    json::post("/login", &json!({ "username": "alice", "password": "wonderland" }))
}
