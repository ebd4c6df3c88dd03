use axum::Router;
use axum::routing::get;
use axum_core::response::{IntoResponse, Response};
use http::Uri;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde::Serialize;

use crate::ConfigError;

/// The metadata of a protected resource (RFC 9728), by which a client that was refused finds the
/// authorization server to ask for a token.
///
/// ```
/// use jwt_layer::ProtectedResource;
///
/// let resource = ProtectedResource::new("https://api.example/orders")?
///     .authorization_server("https://login.example")
///     .scope("orders:write");
/// assert_eq!(
///     resource.metadata_url(),
///     "https://api.example/.well-known/oauth-protected-resource/orders",
/// );
/// let router: axum::Router = resource.router();
/// # let _ = router;
/// # Ok::<(), jwt_layer::ConfigError>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct ProtectedResource {
    resource: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorization_servers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<String>,
    bearer_methods_supported: [&'static str; 1],
    #[serde(skip)]
    origin: String,
    #[serde(skip)]
    path: String,
}

impl ProtectedResource {
    /// The resource with this identifier: an https URL without a query or a fragment
    /// (RFC 9728 section 1.2).
    ///
    /// # Errors
    /// If it is anything else.
    pub fn new(resource: impl Into<String>) -> Result<Self, ConfigError> {
        let resource = resource.into();
        let (origin, rest) = split(&resource).ok_or_else(|| {
            ConfigError::new(format!(
                "{resource:?} is no resource identifier; it must be an https URL without query \
                 and fragment (RFC 9728 section 1.2)"
            ))
        })?;
        let path = format!("/.well-known/oauth-protected-resource{rest}");
        Ok(Self {
            origin,
            path,
            resource,
            authorization_servers: Vec::new(),
            scopes_supported: Vec::new(),
            bearer_methods_supported: ["header"],
        })
    }

    /// Adds the issuer identifier of an authorization server that gives tokens for the resource.
    pub fn authorization_server(mut self, issuer: impl Into<String>) -> Self {
        self.authorization_servers.push(issuer.into());
        self
    }

    /// Adds a scope that clients may ask for.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scopes_supported.push(scope.into());
        self
    }

    /// Where the metadata is to be found (RFC 9728 section 3.1).
    pub fn metadata_url(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// A router that serves the metadata at its well-known path.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let json = serde_json::to_string(self).unwrap_or_default();
        Router::new().route(&self.path, get(async move || document(json.clone())))
    }
}

fn document(json: String) -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=3600")];
    (headers, json).into_response()
}

/// Origin and path of a resource identifier; the path is empty if there is none.
fn split(resource: &str) -> Option<(String, &str)> {
    let uri: Uri = resource.parse().ok()?;
    let authority = uri.authority()?.as_str();
    let is_plain = uri.scheme_str() == Some("https") && !resource.contains(['?', '#', '@', '{']);
    let rest = resource.get("https://".len().checked_add(authority.len())?..)?;
    is_plain.then(|| (format!("https://{authority}"), rest.trim_end_matches('/')))
}
