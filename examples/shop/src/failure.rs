use auth_core::Refused;
use axum::response::{IntoResponse, Response};
use example_service::Refusal;
use session_layer::SessionError;

/// Why a handler has no answer.
pub(crate) enum Failure {
    /// It says no.
    Refused(Refusal),
    /// The guard says no.
    Guard(Box<Refused>),
    /// The session can't be asked.
    Session(SessionError),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Guard(Box::new(refused))
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        Self::Session(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => refusal.into_response(),
            Self::Guard(refused) => refused.into_response(),
            Self::Session(error) => error.into_response(),
        }
    }
}
