use std::convert::Infallible;

use axum_core::extract::FromRequestParts;
use http::request::Parts;
use http::uri::{Authority, Scheme};

/// The scheme and the host that the client has asked for, as far as they can be known: those of its
/// own connection, which a proxy in between may hide.
///
/// A layer that knows which proxies to trust puts it into the request's extensions. Compare with it
/// what names this server from outside, such as an `Origin` or a redirect URI.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetOrigin {
    scheme: Option<Scheme>,
    host: Option<Authority>,
}

impl TargetOrigin {
    /// What is known of it.
    pub fn new(scheme: Option<Scheme>, host: Option<Authority>) -> Self {
        Self { scheme, host }
    }

    /// `http` or `https`, where a trusted proxy says it. Otherwise it is the scheme of whatever
    /// listens here.
    pub fn scheme(&self) -> Option<&Scheme> {
        self.scheme.as_ref()
    }

    /// The host, with its port if the client named one.
    pub fn host(&self) -> Option<&Authority> {
        self.host.as_ref()
    }
}

impl<S: Sync> FromRequestParts<S> for TargetOrigin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}
