use std::sync::Arc;
use std::time::SystemTime;

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;

use crate::{Challenge, Refused, Rejection, Renderer, RequestHead, TokenBinding};

/// Who is asking, as an authenticating layer has found out.
///
/// A user is the pair of issuer and subject: the same subject of two issuers is two principals
/// (RFC 7519 section 4.1.2, OpenID Connect Core section 5.7). Layers further in find it in the
/// request's extensions, handlers take it as an extractor; `Option<Principal>` is none for an
/// anonymous caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Principal {
    issuer: Option<Arc<str>>,
    subject: Arc<str>,
    authentication: Option<Arc<Authentication>>,
    binding: Option<TokenBinding>,
}

/// How and when the principal was authenticated (OpenID Connect Core section 2, RFC 9068
/// section 2.2.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Authentication {
    /// When the user last proved who they are (`auth_time`).
    pub time: Option<SystemTime>,
    /// The authentication context class (`acr`).
    pub context: Option<String>,
    /// The methods used (`amr`, values of RFC 8176).
    pub methods: Vec<String>,
}

impl Principal {
    /// A principal that this very application knows.
    pub fn new(subject: impl Into<Arc<str>>) -> Self {
        Self { issuer: None, subject: subject.into(), authentication: None, binding: None }
    }

    /// Says who vouches for the subject.
    pub fn issued_by(mut self, issuer: impl Into<Arc<str>>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Says how and when the principal was authenticated.
    pub fn authenticated(mut self, authentication: Authentication) -> Self {
        self.authentication = Some(Arc::new(authentication));
        self
    }

    /// Says what the token that names the principal is bound to.
    pub fn bound_to(mut self, binding: TokenBinding) -> Self {
        self.binding = Some(binding);
        self
    }

    /// Who vouches for the subject; none for the application's own users.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The subject, unique for its issuer.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// How and when the principal was authenticated, if that is known.
    pub fn authentication(&self) -> Option<&Authentication> {
        self.authentication.as_deref()
    }

    /// What the token that names the principal is bound to, if it says so.
    pub fn binding(&self) -> Option<&TokenBinding> {
        self.binding.as_ref()
    }
}

/// What an authenticating layer puts into the request's extensions in place of a [`Principal`]:
/// the caller is nobody known, and a route that needs somebody refuses like this.
#[derive(Clone, Debug)]
pub struct Anonymous {
    challenge: Arc<Challenge>,
    renderer: Renderer,
}

impl Anonymous {
    /// An anonymous caller, who is asked to answer the challenge.
    pub fn new(challenge: Arc<Challenge>, renderer: Renderer) -> Self {
        Self { challenge, renderer }
    }

    fn refuse(&self, parts: &Parts) -> Refused {
        let challenge = Challenge::clone(&self.challenge);
        let rejection = Rejection::missing_credentials("missing_token").challenge(challenge);
        self.renderer.refuse(rejection, &RequestHead::of(parts))
    }
}

impl<S: Sync> FromRequestParts<S> for Principal {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        match (parts.extensions.get::<Self>(), parts.extensions.get::<Anonymous>()) {
            (Some(principal), _) => Ok(principal.clone()),
            (None, Some(anonymous)) => Err(anonymous.refuse(parts)),
            (None, None) => Err(missing_layer(parts)),
        }
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Principal {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Refused> {
        match (parts.extensions.get::<Self>(), parts.extensions.get::<Anonymous>()) {
            (Some(principal), _) => Ok(Some(principal.clone())),
            (None, Some(_)) => Ok(None),
            (None, None) => Err(missing_layer(parts)),
        }
    }
}

fn missing_layer(parts: &Parts) -> Refused {
    let rejection = Rejection::missing_layer("Principal", "an authenticating layer");
    Renderer::default().refuse(rejection, &RequestHead::of(parts))
}
