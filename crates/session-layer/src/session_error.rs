use std::fmt;

use auth_core::{Rejection, Renderer, RequestHead};
use axum_core::response::{IntoResponse, Response};
use http::Request;
use tower_sessions_core::session;

use crate::engine::Fault;
use crate::rejection;

/// A verb of [`SessionExt`](crate::SessionExt) or [`Sessions`](crate::Sessions) failed.
///
/// As a response it is a problem (RFC 9457), or what the layer's
/// [renderer](crate::SessionLayerBuilder::renderer) makes of it: 503 with `Retry-After` if the
/// sessions can't be reached, 500 for a mistake of the program. Its text holds nothing of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionError {
    kind: SessionErrorKind,
    fault: Fault,
}

/// Why a verb failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionErrorKind {
    /// The session does not come from a `SessionLayer`.
    MissingLayer,
    /// The user's id is empty, or has more than 255 bytes.
    InvalidUser,
    /// A value could not be made JSON, or is not of the type asked for.
    Unfit,
    /// The sessions can't be reached, or what they hold can't be read.
    Unavailable,
}

impl SessionError {
    pub(crate) fn new(kind: SessionErrorKind) -> Self {
        Self { kind, fault: Fault::Unfit }
    }

    /// Why it failed.
    pub fn kind(&self) -> SessionErrorKind {
        self.kind
    }

    #[cfg(feature = "guard")]
    pub(crate) fn fault(&self) -> Fault {
        self.fault
    }
}

impl From<Fault> for SessionError {
    fn from(fault: Fault) -> Self {
        let kind = match fault {
            Fault::Unfit => SessionErrorKind::Unfit,
            _ => SessionErrorKind::Unavailable,
        };
        Self { kind, fault }
    }
}

impl From<session::Error> for SessionError {
    fn from(error: session::Error) -> Self {
        match error {
            session::Error::SerdeJson(_) => Self::new(SessionErrorKind::Unfit),
            session::Error::Store(_) => {
                Self { kind: SessionErrorKind::Unavailable, fault: Fault::UNREACHABLE }
            }
        }
    }
}

/// What a response says, for the layer to say it its own way.
#[derive(Clone)]
pub(crate) struct Refusal(pub(crate) Rejection);

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            SessionErrorKind::MissingLayer => {
                f.write_str("the session does not come from a SessionLayer; add one to the router")
            }
            SessionErrorKind::InvalidUser => {
                f.write_str("a user's id has 1 to 255 bytes, and is none of the layer's own")
            }
            SessionErrorKind::Unfit => f.write_str("the value does not fit its type"),
            SessionErrorKind::Unavailable => self.fault.fmt(f),
        }
    }
}

impl std::error::Error for SessionError {}

impl IntoResponse for SessionError {
    fn into_response(self) -> Response {
        let rejection = match self.kind {
            SessionErrorKind::Unavailable => rejection::of(self.fault),
            _ => rejection::of_mistake(&self),
        };
        let request = Request::new(());
        let head = RequestHead::of_request(&request);
        let mut response = Renderer::default().render(&rejection, &head);
        response.extensions_mut().insert(Refusal(rejection));
        response
    }
}
