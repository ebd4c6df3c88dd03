use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use axum::routing::get;
use axum_core::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use serde::Serialize;

use crate::VerifyingKey;
use crate::keys::Jwk;

/// A JWK set as it is served.
pub(super) struct Published {
    json: String,
    etag: String,
}

#[derive(Serialize)]
struct JwkSet {
    keys: Vec<Jwk>,
}

/// How long others may use the set without asking again, in seconds: five minutes, which is how
/// long a new key must be published before it signs.
const CACHE: &str = "public, max-age=300";

impl Published {
    pub(super) fn new(keys: &[VerifyingKey]) -> Self {
        let set = JwkSet { keys: keys.iter().filter_map(Jwk::of).collect() };
        let json = serde_json::to_string(&set).unwrap_or_default();
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, json.as_bytes());
        Self { etag: format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash)), json }
    }

    fn response(&self, request: &HeaderMap) -> Response {
        let caching = [(CACHE_CONTROL, CACHE), (ETAG, self.etag.as_str())];
        if self.is_known(request) {
            return (StatusCode::NOT_MODIFIED, caching).into_response();
        }
        let media_type = [(CONTENT_TYPE, "application/jwk-set+json")];
        (caching, media_type, self.json.clone()).into_response()
    }

    /// RFC 9110 section 13.1.2.
    fn is_known(&self, request: &HeaderMap) -> bool {
        let values = request.get_all(IF_NONE_MATCH).into_iter();
        let mut tags = values.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
        tags.any(|tag| {
            matches!(tag.trim(), "*") || tag.trim().trim_start_matches("W/") == self.etag
        })
    }
}

pub(super) fn router<S>(published: Arc<ArcSwap<Published>>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let serve = async move |request: HeaderMap| published.load().response(&request);
    Router::new().route("/.well-known/jwks.json", get(serve))
}
