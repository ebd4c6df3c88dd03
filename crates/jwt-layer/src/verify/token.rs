use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use auth_core::{Authentication, Principal, TokenBinding};
use http::Extensions;
use serde::de::DeserializeOwned;

use super::NumericDate;
use super::claims::Claims;
use super::header::Header;
use super::judge::Facts;
use super::text::Text;
use crate::keys::Member;
use crate::{JwtError, JwtErrorKind};

/// A token that was verified. Only a [`Verifier`](crate::Verifier) makes one; clones share it.
///
/// It gives the registered claims; [`claims`](Self::claims) gives all of them in a type of the
/// user's own. Its `Debug` shows neither the token nor its claims.
#[derive(Clone)]
pub struct Token(Arc<Inner>);

struct Inner {
    text: String,
    claims: Claims,
    header: Arc<Header>,
    principal: Option<Principal>,
    issuer: usize,
    verified_by: Arc<Member>,
    typed: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// What a verifier has found out about a token.
pub(super) struct Findings {
    pub(super) text: String,
    pub(super) claims: Claims,
    pub(super) header: Arc<Header>,
    pub(super) issuer_name: Option<Arc<str>>,
    pub(super) issuer: usize,
    pub(super) verified_by: Arc<Member>,
}

/// The largest type, in bytes, whose values are kept beside a cached token.
const MAX_TYPED: usize = 512;

/// What a guard keeps beside a token that it has bound, in bytes.
const READ_BINDING: usize = 1024;

impl Token {
    pub(super) fn new(findings: Findings) -> Self {
        let Findings { text, claims, header, issuer_name, issuer, verified_by } = findings;
        let principal = principal(&claims, &text, issuer_name);
        let typed = OnceLock::new();
        Self(Arc::new(Inner { text, claims, header, principal, issuer, verified_by, typed }))
    }

    /// The verified token of a request that has passed a [`JwtLayer`](crate::JwtLayer), for code
    /// that takes no extractor, such as a tonic service.
    pub fn from_extensions(extensions: &Extensions) -> Option<&Self> {
        extensions.get::<crate::context::Context>()?.token()
    }

    /// All the claims, in a type of the user's own.
    ///
    /// # Errors
    /// [`MalformedToken`](JwtErrorKind::MalformedToken) if the claims do not fit the type.
    pub fn claims<T>(&self) -> Result<Arc<T>, JwtError>
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        if let Some(known) = self.0.typed.get()
            && let Ok(claims) = Arc::clone(known).downcast::<T>()
        {
            return Ok(claims);
        }
        let claims = serde_json::from_str::<T>(&self.0.text).map(Arc::new);
        let claims = claims.map_err(|_| JwtError::from(JwtErrorKind::MalformedToken))?;
        if size_of::<T>() <= MAX_TYPED {
            self.0.typed.get_or_init(|| Arc::<T>::clone(&claims));
        }
        Ok(claims)
    }

    /// Who it is for: issuer and subject. None for a token without `sub`.
    pub fn principal(&self) -> Option<&Principal> {
        self.0.principal.as_ref()
    }

    /// `iss`.
    pub fn issuer(&self) -> Option<&str> {
        self.get(self.0.claims.issuer.as_ref())
    }

    /// `sub`.
    pub fn subject(&self) -> Option<&str> {
        self.get(self.0.claims.subject.as_ref())
    }

    /// `aud`, one or many.
    pub fn audience(&self) -> impl Iterator<Item = &str> {
        self.0.claims.audience.iter(&self.0.text)
    }

    /// `exp`.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.0.claims.expires_at.map(NumericDate::to_system_time)
    }

    /// `nbf`.
    pub fn not_before(&self) -> Option<SystemTime> {
        self.0.claims.not_before.map(NumericDate::to_system_time)
    }

    /// `iat`.
    pub fn issued_at(&self) -> Option<SystemTime> {
        self.0.claims.issued_at.map(NumericDate::to_system_time)
    }

    /// `jti`.
    pub fn id(&self) -> Option<&str> {
        self.get(self.0.claims.id.as_ref())
    }

    /// `client_id`.
    pub fn client_id(&self) -> Option<&str> {
        self.get(self.0.claims.client_id.as_ref())
    }

    /// The scopes of `scope` (RFC 8693 section 4.2: separated by spaces), or of `scp`, which some
    /// issuers send instead, as a string or an array.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let texts = self.0.claims.scope.iter(&self.0.text);
        texts.flat_map(|text| text.split(' ')).filter(|scope| !scope.is_empty())
    }

    /// The roles of `roles` (RFC 9068 section 2.2.3.1).
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.0.claims.roles.iter(&self.0.text)
    }

    /// The payload as JSON text.
    pub fn payload(&self) -> &str {
        &self.0.text
    }

    pub(super) fn facts(&self) -> Facts<'_> {
        let Inner { text, claims, header, .. } = &*self.0;
        Facts { claims, text, token_type: header.token_type.as_deref() }
    }

    pub(super) fn issuer_index(&self) -> usize {
        self.0.issuer
    }

    pub(super) fn verified_by(&self) -> &Member {
        &self.0.verified_by
    }

    /// What it occupies in memory, with the typed claims that may be kept beside it.
    pub(super) fn size(&self) -> usize {
        let typed = MAX_TYPED.saturating_add(self.0.claims.cost);
        let binding = self.principal().and_then(Principal::binding);
        let bound =
            binding.map_or(0, |binding| binding.as_str().len().saturating_add(READ_BINDING));
        let own = size_of::<Inner>().saturating_add(self.0.text.capacity());
        own.saturating_add(typed).saturating_add(bound)
    }

    fn get<'a>(&'a self, text: Option<&'a Text>) -> Option<&'a str> {
        text.map(|text| text.get(&self.0.text))
    }
}

fn principal(claims: &Claims, text: &str, issuer: Option<Arc<str>>) -> Option<Principal> {
    let principal = Principal::new(claims.subject.as_ref()?.get(text));
    let issuer = issuer.or_else(|| claims.issuer.as_ref().map(|own| own.get(text).into()));
    let principal = match issuer {
        Some(issuer) => principal.issued_by(issuer),
        None => principal,
    };
    let principal = match authentication(claims, text) {
        Some(authentication) => principal.authenticated(authentication),
        None => principal,
    };
    Some(match &claims.binding {
        Some(binding) => principal.bound_to(TokenBinding::new(binding.get(text))),
        None => principal,
    })
}

fn authentication(claims: &Claims, text: &str) -> Option<Authentication> {
    let mut authentication = Authentication::default();
    authentication.time = claims.auth_time.map(NumericDate::to_system_time);
    authentication.context = claims.acr.as_ref().map(|acr| acr.get(text).to_owned());
    authentication.methods = claims.amr.iter(text).map(str::to_owned).collect();
    (authentication != Authentication::default()).then_some(authentication)
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("key", self.0.verified_by.key()).finish_non_exhaustive()
    }
}
