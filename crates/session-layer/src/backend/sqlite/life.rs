use super::time::{millis, span};
use crate::backend::{Lifetime, Record};

/// How long a session lives, in the file's milliseconds.
pub(super) struct Life {
    pub(super) idle: i64,
    pub(super) ends: i64,
    pub(super) expires: i64,
}

impl Life {
    /// A lifetime from now on.
    pub(super) fn begin(lifetime: Lifetime, now: i64) -> Self {
        Self::seen(span(lifetime.idle), now + span(lifetime.absolute), now)
    }

    /// A session's, which is seen now; a new one if it gets one.
    pub(super) fn of(record: &Record, new: Option<Lifetime>, now: i64) -> Self {
        match new {
            Some(lifetime) => Self::begin(lifetime, now),
            None => Self::seen(span(record.idle), millis(record.ends), now),
        }
    }

    /// A session's as it is.
    pub(super) fn left(record: &Record) -> Self {
        Self::seen(span(record.idle), millis(record.ends), millis(record.last_seen))
    }

    fn seen(idle: i64, ends: i64, seen: i64) -> Self {
        Self { idle, ends, expires: ends.min(seen + idle) }
    }
}
