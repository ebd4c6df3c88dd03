use std::fmt;

use crate::backend::{BackendError, BackendErrorKind};

/// Why a session could not be loaded or committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The backend failed.
    Backend(BackendErrorKind),
    /// So many others changed the session at the same time that this request gave up.
    Contended,
    /// The session was replaced by another one while this request changed it.
    Superseded,
    /// The user has as many sessions as may be.
    Full,
    /// A field's present value does not fit the type that it was updated as.
    Unfit,
    /// The system has no randomness to give.
    NoRandomness,
}

impl Fault {
    /// The backend's fault, whichever it was.
    pub(crate) const UNREACHABLE: Self = Self::Backend(BackendErrorKind::Unavailable);

    /// Whether the backend can't be asked, which says nothing of the session.
    pub(crate) fn is_outage(self) -> bool {
        matches!(self, Self::Backend(BackendErrorKind::Unavailable | BackendErrorKind::Timeout))
    }
}

impl From<BackendError> for Fault {
    fn from(error: BackendError) -> Self {
        let cause = std::error::Error::source(&error).map(tracing::field::display);
        let kind = error.kind();
        tracing::error!(kind = kind.as_str(), cause, "{error}");
        Self::Backend(kind)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backend(kind) => BackendError::new(*kind).fmt(f),
            Self::Contended => f.write_str("too many requests changed the session at once"),
            Self::Superseded => f.write_str("the session was replaced by another one"),
            Self::Full => f.write_str("the user has as many sessions as may be"),
            Self::Unfit => f.write_str("the field's value does not fit the type of its update"),
            Self::NoRandomness => f.write_str("the system has no randomness to give"),
        }
    }
}
