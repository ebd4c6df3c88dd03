use std::borrow::Cow;
use std::io::ErrorKind;
use std::time::Duration;

use crate::backend::{BackendError, BackendErrorKind};

/// What went wrong on a server or on the way to it, and what comes of it.
#[derive(Debug)]
pub(in crate::backend) struct Fault {
    pub(in crate::backend) kind: BackendErrorKind,
    pub(in crate::backend) after: After,
    /// For the operator. It holds nothing of a session and no secret.
    pub(in crate::backend) text: Cow<'static, str>,
}

/// In what state a fault leaves things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::backend) enum After {
    /// The server refused. The connection is as good as before.
    Refused,
    /// The server undid all of it, because of others. It can be done once more.
    Undone,
    /// The connection is of no use any more. It may have been done or not.
    Broken,
}

impl Fault {
    /// It took longer than may be.
    pub(super) fn late(what: &'static str, deadline: Duration) -> Self {
        let text = format!("{what} within {deadline:?}");
        Self { kind: BackendErrorKind::Timeout, after: After::Broken, text: text.into() }
    }

    /// The pool has none.
    pub(super) fn without_connection() -> Self {
        let text = "the pool has no connection".into();
        Self { kind: BackendErrorKind::Unavailable, after: After::Broken, text }
    }

    /// What is no server's own error.
    pub(in crate::backend) fn of_client(error: &sqlx::Error) -> Self {
        let (kind, after) = match error {
            sqlx::Error::Decode(_)
            | sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnIndexOutOfBounds { .. } => {
                (BackendErrorKind::Corrupt, After::Refused)
            }
            sqlx::Error::Tls(_) | sqlx::Error::Configuration(_) => {
                (BackendErrorKind::Refused, After::Broken)
            }
            // So says TLS that a certificate will not do.
            sqlx::Error::Io(error) if error.kind() == ErrorKind::InvalidData => {
                (BackendErrorKind::Refused, After::Broken)
            }
            _ => (BackendErrorKind::Unavailable, After::Broken),
        };
        Self { kind, after, text: error.to_string().into() }
    }
}

impl From<Fault> for BackendError {
    fn from(fault: Fault) -> Self {
        Self::caused_by(fault.kind, fault.text)
    }
}
