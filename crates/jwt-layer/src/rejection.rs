//! How each "no" of this crate is rendered: the only place that knows statuses and challenges.

use std::time::Duration;

use auth_core::{Challenge, Refused, Rejection, Renderer, RequestHead};
use http::StatusCode;
use http::request::Parts;

use crate::config::Config;
use crate::{JwtErrorKind, Requirement};

/// When a client may try again while the keys are not to be had.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The rejection for a kind of error.
pub(crate) fn of(kind: JwtErrorKind, config: &Config) -> Rejection {
    log(kind);
    let rejection = Rejection::new(status(kind), kind.code(), kind.description());
    let challenge = Challenge::clone(&config.challenge);
    match (kind, error(kind)) {
        (JwtErrorKind::KeysUnavailable, _) => rejection.retry_after(RETRY_AFTER),
        (_, None) => rejection.challenge(challenge),
        (_, Some(error)) => rejection.challenge(with_error(challenge, error, kind)),
    }
}

/// The rejection of a token that does not meet a requirement: `insufficient_scope` with the
/// scopes that would, or `forbidden` where only roles were asked for.
pub(crate) fn of_requirement(requirement: &Requirement, config: &Config) -> Rejection {
    let scopes = requirement.scopes();
    if scopes.is_empty() {
        tracing::info!(code = "forbidden", "request refused");
        return Rejection::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "the caller does not have the role that this resource needs",
        );
    }
    let kind = JwtErrorKind::InsufficientScope;
    log(kind);
    let challenge = with_error(Challenge::clone(&config.challenge), "insufficient_scope", kind);
    Rejection::new(status(kind), kind.code(), kind.description())
        .challenge(challenge.param("scope", scopes.join(" ")))
}

/// The rejection of an extractor that has no layer to rely on.
pub(crate) fn missing_layer(extractor: &'static str, parts: &Parts) -> Refused {
    let rejection = Rejection::missing_layer(extractor, "JwtLayer");
    Renderer::default().refuse(rejection, &RequestHead::of(parts))
}

fn status(kind: JwtErrorKind) -> StatusCode {
    match kind {
        JwtErrorKind::AmbiguousToken | JwtErrorKind::MalformedHeader => StatusCode::BAD_REQUEST,
        JwtErrorKind::KeysUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        JwtErrorKind::InsufficientScope => StatusCode::FORBIDDEN,
        _ => StatusCode::UNAUTHORIZED,
    }
}

/// The error code of RFC 6750 section 3.1; none where no token was sent.
fn error(kind: JwtErrorKind) -> Option<&'static str> {
    match kind {
        JwtErrorKind::MissingToken => None,
        JwtErrorKind::AmbiguousToken | JwtErrorKind::MalformedHeader => Some("invalid_request"),
        JwtErrorKind::InsufficientScope => Some("insufficient_scope"),
        _ => Some("invalid_token"),
    }
}

fn with_error(challenge: Challenge, error: &'static str, kind: JwtErrorKind) -> Challenge {
    challenge.param("error", error).param("error_description", kind.description())
}

fn log(kind: JwtErrorKind) {
    #[cfg(feature = "metrics")]
    crate::metrics::refused(kind);
    match kind {
        JwtErrorKind::MissingToken => tracing::debug!(code = kind.code(), "request refused"),
        JwtErrorKind::KeysUnavailable => tracing::error!(code = kind.code(), "request refused"),
        _ => tracing::info!(code = kind.code(), "request refused"),
    }
}
