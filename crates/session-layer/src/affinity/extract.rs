use std::sync::Arc;

use auth_core::{Refused, Rejection, Renderer, RequestHead};
use axum_core::extract::FromRequestParts;
use http::request::Parts;

/// Whether this instance has served the client before, as the client's cookie says.
///
/// The layer puts it into the request's extensions; handlers take it as an extractor, which is
/// refused with 500 where the layer is missing. Unless the cookie is
/// [signed](super::AffinityBuilder::signed), it is what the client claims.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Affinity {
    /// The client names no instance, or none that is believed.
    New,
    /// The client was served by this instance.
    Kept,
    /// The client was served by another instance: the balancer has moved it.
    Moved {
        /// The name of that instance: visible ASCII without quotes, commas, semicolons and
        /// backslashes.
        from: Arc<str>,
    },
}

impl<S: Sync> FromRequestParts<S> for Affinity {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            let rejection = Rejection::missing_layer("Affinity", "AffinityLayer");
            Renderer::default().refuse(rejection, &RequestHead::of(parts))
        })
    }
}
