use axum::Json;
use http::HeaderName;
use http::header::CACHE_CONTROL;
use jwt_layer::Claims;
use serde_json::{Map, Value};

/// `GET /me`: all the claims of the token.
pub(crate) async fn me(
    claims: Claims<Map<String, Value>>,
) -> ([(HeaderName, &'static str); 1], Json<Map<String, Value>>) {
    ([(CACHE_CONTROL, "no-store")], Json(Map::clone(&claims)))
}
