use std::time::{Duration, SystemTime};

use redis::Value;

use super::fault::{corrupt, unexpected};
use super::names::session_key;
use super::stored::Stored;
use crate::backend::{BackendError, Found, Missing, SessionKey, Swept};

/// What a script says it has done, or why it has done nothing.
#[derive(Debug)]
pub(super) enum Answer {
    /// It is done, and these were ended to make room.
    Done(Vec<SessionKey>),
    /// The session as it is.
    Found(Found),
    Missing(Missing),
    Taken,
    Full,
}

impl Answer {
    /// Reads the reply to a question about a key. The numbers are those of `lua/record.lua`.
    pub(super) fn read(reply: Value, key: &SessionKey) -> Result<Self, BackendError> {
        match reply {
            Value::Int(1) => Ok(Self::Done(Vec::new())),
            Value::Int(0) => Ok(Self::Missing(Missing::Absent)),
            Value::Int(-1) => Ok(Self::Missing(Missing::Superseded)),
            Value::Int(-2) => Err(corrupt()),
            Value::Int(-3) => Ok(Self::Taken),
            Value::Int(-4) => Ok(Self::Full),
            Value::BulkString(session) => found(*key, session).map(Self::Found),
            Value::Array(parts) => Self::of_parts(parts),
            _ => Err(unexpected()),
        }
    }

    /// One and the keys that were ended, or the key that the session has now and the session.
    fn of_parts(parts: Vec<Value>) -> Result<Self, BackendError> {
        let mut parts = parts.into_iter();
        match (parts.next(), parts.as_slice()) {
            (Some(Value::Int(1)), _) => parts.map(key_of).collect::<Result<_, _>>().map(Self::Done),
            (Some(key), [_]) => {
                let session = parts.next().ok_or_else(unexpected)?;
                found(key_of(key)?, bytes(session)?).map(Self::Found)
            }
            _ => Err(unexpected()),
        }
    }
}

/// Reads the reply to a `GET` of a session's key.
pub(super) fn stored(reply: Value) -> Result<Option<Stored>, BackendError> {
    match reply {
        Value::Nil => Ok(None),
        reply => Stored::read(bytes(reply)?).map(Some).ok_or_else(corrupt),
    }
}

/// Reads the reply to a question about a user: keys and sessions in turns.
pub(super) fn sessions(reply: Value) -> Result<Vec<Found>, BackendError> {
    let mut parts = parts(reply)?.into_iter();
    let mut sessions = Vec::with_capacity(parts.len() / 2);
    while let Some(key) = parts.next() {
        let session = parts.next().ok_or_else(unexpected)?;
        sessions.push(found(key_of(key)?, bytes(session)?)?);
    }
    Ok(sessions)
}

/// Reads a reply of so many numbers.
pub(super) fn numbers<T: TryFrom<i64>, const N: usize>(
    reply: Value,
) -> Result<[T; N], BackendError> {
    all_numbers(reply)?.try_into().map_err(|_| unexpected())
}

/// Reads the reply to a sweep: so many numbers, how much was removed, and how long each session had
/// lived, in ms.
pub(super) fn swept<const N: usize>(reply: Value) -> Result<([u32; N], Swept), BackendError> {
    let numbers: Vec<u64> = all_numbers(reply)?;
    let small = |number: &u64| u32::try_from(*number).unwrap_or(u32::MAX);
    let (first, rest) = numbers.split_first_chunk().ok_or_else(unexpected)?;
    let (removed, lived) = rest.split_first().ok_or_else(unexpected)?;
    let lived = lived.iter().map(|lived| Duration::from_millis(*lived)).collect();
    Ok((first.each_ref().map(small), Swept::new(small(removed), lived)))
}

fn all_numbers<T: TryFrom<i64>>(reply: Value) -> Result<Vec<T>, BackendError> {
    match reply {
        Value::Array(parts) => parts.iter().map(number).collect(),
        single => number(&single).map(|number| vec![number]),
    }
}

fn number<T: TryFrom<i64>>(value: &Value) -> Result<T, BackendError> {
    match value {
        Value::Int(number) => T::try_from(*number).map_err(|_| unexpected()),
        _ => Err(unexpected()),
    }
}

/// Reads the reply to `TIME`: seconds and microseconds, as text.
pub(super) fn time(reply: Value) -> Result<SystemTime, BackendError> {
    let [seconds, micros] = <[Value; 2]>::try_from(parts(reply)?).map_err(|_| unexpected())?;
    let since_1970 = Duration::from_secs(digits(seconds)?)
        .checked_add(Duration::from_micros(digits(micros)?))
        .and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
    since_1970.ok_or_else(unexpected)
}

fn parts(reply: Value) -> Result<Vec<Value>, BackendError> {
    match reply {
        Value::Array(parts) => Ok(parts),
        _ => Err(unexpected()),
    }
}

fn digits(value: Value) -> Result<u64, BackendError> {
    let text = String::from_utf8(bytes(value)?).map_err(|_| unexpected())?;
    text.parse().map_err(|_| unexpected())
}

fn found(key: SessionKey, session: Vec<u8>) -> Result<Found, BackendError> {
    match Stored::read(session) {
        Some(Stored::Session(record)) => Ok(Found { key, record }),
        _ => Err(corrupt()),
    }
}

fn key_of(value: Value) -> Result<SessionKey, BackendError> {
    session_key(&bytes(value)?).ok_or_else(unexpected)
}

fn bytes(value: Value) -> Result<Vec<u8>, BackendError> {
    match value {
        Value::BulkString(bytes) => Ok(bytes),
        _ => Err(unexpected()),
    }
}
