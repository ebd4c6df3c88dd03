use std::error::Error as _;

use tower_sessions_core::session_store::Error;

use crate::backend::{BackendError, BackendErrorKind};

/// A store tells its fault as a text; of ours and of Redis we know the words. What can't be decoded
/// may be quoted in its text, and nobody gets to see that.
pub(super) fn backend_error(error: Error) -> BackendError {
    match error {
        Error::Decode(_) => corrupt(),
        Error::Encode(_) => refused("the store can't encode the record"),
        Error::Backend(text) => BackendError::caused_by(kind(&text), text),
    }
}

fn kind(text: &str) -> BackendErrorKind {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["OOM command", "database or disk is full", "No space left"]) {
        BackendErrorKind::OutOfSpace
    } else if says(&["WRONGTYPE"]) {
        BackendErrorKind::Corrupt
    } else if says(&["NOAUTH", "NOPERM", "WRONGPASS", "Authentication Error", "no such table"]) {
        BackendErrorKind::Refused
    } else if says(&["Timeout Error", "timed out"]) {
        BackendErrorKind::Timeout
    } else {
        BackendErrorKind::Unavailable
    }
}

/// What is under a session's id is none of ours.
pub(super) fn corrupt() -> BackendError {
    BackendError::caused_by(BackendErrorKind::Corrupt, "the record is none of ours, or cut off")
}

pub(super) fn refused(why: &'static str) -> BackendError {
    BackendError::caused_by(BackendErrorKind::Refused, why)
}

pub(super) fn timed_out() -> BackendError {
    BackendError::new(BackendErrorKind::Timeout)
}

/// As a store says it: with the cause, which has no secret either.
pub(super) fn told(error: &BackendError) -> Error {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    match error.kind() {
        BackendErrorKind::Corrupt => Error::Decode(format!("{error}{cause}")),
        _ => Error::Backend(format!("{error}{cause}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, kind: BackendErrorKind) {
        assert_eq!(backend_error(Error::Backend(text.into())).kind(), kind);
    }

    #[test]
    fn the_faults_of_redis_are_told_apart_by_their_words() {
        check("Unknown Error: OOM command not allowed", BackendErrorKind::OutOfSpace);
        check("Invalid Argument: WRONGTYPE Operation against a key", BackendErrorKind::Corrupt);
        check("Authentication Error: NOAUTH Authentication required.", BackendErrorKind::Refused);
        check("Unknown Error: NOPERM this user has no permissions", BackendErrorKind::Refused);
        check("Timeout Error: Request timed out.", BackendErrorKind::Timeout);
        check("IO Error: Connection refused", BackendErrorKind::Unavailable);
    }

    #[test]
    fn what_can_not_be_decoded_is_not_quoted() {
        let error = backend_error(Error::Decode("invalid type: string \"secret\"".into()));
        assert_eq!(error.kind(), BackendErrorKind::Corrupt);
        assert!(!format!("{error:?}").contains("secret"));
    }
}
