use std::error::Error;
use std::fmt;

/// A backend could not do what it was asked to.
///
/// Its text says what kind of fault it was and holds nothing of a session; the cause, for the
/// operator's log, is its [`source`](Error::source). A client never sees either.
#[derive(Debug)]
pub struct BackendError {
    kind: BackendErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kind of a backend's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BackendErrorKind {
    /// It can't be reached, or it went away.
    Unavailable,
    /// It did not answer within the deadline.
    Timeout,
    /// What it holds under the key is no session, or can't be read.
    Corrupt,
    /// It has no room: its disk, its memory or its bound is full.
    OutOfSpace,
    /// It refused the request: missing rights, a missing table or an incompatible version.
    Refused,
    /// It did what it was asked to, on fewer servers than it was to.
    Unreplicated,
}

impl BackendError {
    /// A fault of this kind.
    pub fn new(kind: BackendErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// A fault of this kind, with its cause.
    pub fn caused_by(
        kind: BackendErrorKind,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self { kind, source: Some(source.into()) }
    }

    /// What kind of fault it is.
    pub fn kind(&self) -> BackendErrorKind {
        self.kind
    }
}

impl BackendErrorKind {
    /// One word for logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Corrupt => "corrupt",
            Self::OutOfSpace => "out_of_space",
            Self::Refused => "refused",
            Self::Unreplicated => "unreplicated",
        }
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            BackendErrorKind::Unavailable => "the session backend can't be reached",
            BackendErrorKind::Timeout => "the session backend did not answer in time",
            BackendErrorKind::Corrupt => "the session backend holds a record that can't be read",
            BackendErrorKind::OutOfSpace => "the session backend has no room left",
            BackendErrorKind::Refused => "the session backend refused the request",
            BackendErrorKind::Unreplicated => "the session backend has it on too few servers",
        })
    }
}

impl Error for BackendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}
