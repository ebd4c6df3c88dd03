use std::sync::Arc;

use auth_core::{Refused, RequestHead};
use http::request::Parts;

use crate::config::Config;
use crate::{JwtErrorKind, Token, rejection};

/// What the layer has found out about a request, for the extractors and layers further in.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    config: Arc<Config>,
    token: Option<Token>,
}

impl Context {
    pub(crate) fn new(config: Arc<Config>, token: Option<Token>) -> Self {
        Self { config, token }
    }

    pub(crate) fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }
}

/// The context that the layer has left, or a refusal that says the layer is missing.
pub(crate) fn context<'p>(
    parts: &'p Parts,
    extractor: &'static str,
) -> Result<&'p Context, Refused> {
    parts.extensions.get().ok_or_else(|| rejection::missing_layer(extractor, parts))
}

/// The verified token of a request, or a refusal for want of one.
pub(crate) fn token<'p>(
    parts: &'p Parts,
    extractor: &'static str,
) -> Result<(&'p Context, &'p Token), Refused> {
    let context = context(parts, extractor)?;
    match context.token() {
        Some(token) => Ok((context, token)),
        None => Err(context.refuse(JwtErrorKind::MissingToken, parts)),
    }
}

impl Context {
    pub(crate) fn refuse(&self, kind: JwtErrorKind, parts: &Parts) -> Refused {
        let rejection = rejection::of(kind, &self.config);
        self.config.renderer.refuse(rejection, &RequestHead::of(parts))
    }
}
