use std::sync::Arc;

use tower_layer::Layer;

use crate::config::{Config, JwtLayerBuilder};
use crate::{JwtService, Verifier};

/// A layer that verifies the token of each request.
///
/// # What it does with a request
///
/// 1. It has no token: it goes on as anonymous, or is refused if the layer is
///    [`required`](JwtLayerBuilder::required).
/// 2. It has two different tokens, or a malformed `Authorization` header: refused with 400.
/// 3. Its token breaks a rule of the [`Verifier`]: refused with 401, even where tokens are
///    optional. Invalid is not absent.
/// 4. The issuer's keys can't be had: refused with 503, so that no client throws a good token
///    away.
/// 5. Its token is good: it goes on, with the token for the extractors
///    ([`Claims`](crate::Claims), [`Permit`](crate::Permit)) and an
///    [`auth_core::Principal`] for layers further in.
///
/// A refusal is `application/problem+json` with a `WWW-Authenticate` challenge (RFC 6750
/// section 3), or a status in the headers for a gRPC request; a
/// [`renderer`](JwtLayerBuilder::renderer) may change that.
///
/// # What it does not do
///
/// It authorizes nothing: that is for [`RequireLayer`](crate::RequireLayer) and
/// [`Permit`](crate::Permit). It can't tell who holds a bearer token: a stolen one is as good as
/// the owner's until it expires or is revoked, unless a `TokenGuardLayer` of `guard-layer` stands
/// inside of it.
///
/// # Example
///
/// ```
/// use axum::{Router, routing::get};
/// use jwt_layer::{Algorithm, Claims, JwtLayer, KeySet, TrustedIssuer, Verifier, VerifyingKey};
///
/// #[derive(serde::Deserialize)]
/// struct User {
///     sub: String,
/// }
///
/// async fn me(user: Claims<User>) -> String {
///     user.sub.clone()
/// }
///
/// let keys = KeySet::new([VerifyingKey::hmac(Algorithm::HS256, [7; 32])?])?;
/// let verifier = Verifier::builder()
///     .trust(TrustedIssuer::new("https://login.example", keys).audience("orders-api"))
///     .build()?;
/// let app: Router = Router::new()
///     .route("/me", get(me))
///     .layer(JwtLayer::new(verifier));
/// # let _ = app;
/// # Ok::<(), jwt_layer::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct JwtLayer(Arc<Config>);

impl JwtLayer {
    /// A layer that looks for a token in the `Authorization` header, and lets requests without
    /// one pass as anonymous.
    pub fn new(verifier: Verifier) -> Self {
        Self::of(Config::bearer(verifier))
    }

    /// A layer with other settings.
    pub fn builder(verifier: Verifier) -> JwtLayerBuilder {
        JwtLayerBuilder::new(verifier)
    }

    pub(crate) fn of(config: Config) -> Self {
        Self(Arc::new(config))
    }
}

impl<S> Layer<S> for JwtLayer {
    type Service = JwtService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        JwtService::new(inner, Arc::clone(&self.0))
    }
}
