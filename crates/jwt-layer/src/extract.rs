use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use auth_core::Refused;
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::Token;
use crate::context::{self, Context};

/// The claims of the request's token, in a type of the user's own.
///
/// Only a request with a good token has them, so a handler that takes them needs no check of its
/// own. Without a token the request is refused with 401 `missing_token`; with one whose claims do
/// not fit the type, with 401 `malformed_token`; without a [`JwtLayer`](crate::JwtLayer), with 500.
/// `Option<Claims<T>>` is none for a request without a token, and for no other.
///
/// ```
/// use jwt_layer::Claims;
///
/// #[derive(serde::Deserialize)]
/// struct User {
///     sub: String,
/// }
///
/// async fn greet(user: Option<Claims<User>>) -> String {
///     match user {
///         Some(user) => format!("hello {}", user.sub),
///         None => "hello".to_owned(),
///     }
/// }
/// # let _: axum::Router = axum::Router::new().route("/", axum::routing::get(greet));
/// ```
///
/// Its `Debug` shows no claim.
pub struct Claims<T> {
    value: Arc<T>,
    token: Token,
}

impl<T> Claims<T> {
    /// The token that they are of, with its registered claims.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// The claims, to keep longer than the request.
    pub fn into_inner(self) -> Arc<T> {
        self.value
    }
}

impl<T> Clone for Claims<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), token: self.token.clone() }
    }
}

impl<T> Deref for Claims<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> fmt::Debug for Claims<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims").field("token", &self.token).finish_non_exhaustive()
    }
}

fn claims<T>(context: &Context, token: &Token, parts: &Parts) -> Result<Claims<T>, Refused>
where
    T: DeserializeOwned + Send + Sync + 'static,
{
    match token.claims() {
        Ok(value) => Ok(Claims { value, token: token.clone() }),
        Err(error) => Err(context.refuse(error.kind(), parts)),
    }
}

impl<T, S> FromRequestParts<S> for Claims<T>
where
    T: DeserializeOwned + Send + Sync + 'static,
    S: Sync,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        let (context, token) = context::token(parts, "Claims")?;
        claims(context, token, parts)
    }
}

impl<T, S> OptionalFromRequestParts<S> for Claims<T>
where
    T: DeserializeOwned + Send + Sync + 'static,
    S: Sync,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Refused> {
        let context = context::context(parts, "Claims")?;
        context.token().map(|token| claims(context, token, parts)).transpose()
    }
}

/// The verified token itself, where its registered claims are enough.
impl<S: Sync> FromRequestParts<S> for Token {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        context::token(parts, "Token").map(|(_, token)| token.clone())
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Token {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Refused> {
        context::context(parts, "Token").map(|context| context.token().cloned())
    }
}
