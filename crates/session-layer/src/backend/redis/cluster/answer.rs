use redis::Value;

use super::super::fault::{corrupt, unexpected};
use super::super::names::session_key;
use super::super::stored::Stored;
use crate::backend::{BackendError, Missing, Record, SessionKey};

/// What a script says that was run on a session's key.
#[derive(Debug)]
pub(super) enum Answer {
    /// It is done, and this is to be known of it.
    Done(Vec<Value>),
    Session(Record),
    Missing(Missing),
    /// The session has this key now, if it is still there.
    Leads(SessionKey),
    /// It may be the successor of the one under this key.
    Pending(SessionKey),
    Taken,
    /// It would be there, but somebody has ended it before.
    Ended,
}

impl Answer {
    /// The numbers are those of `lua/record.lua`.
    pub(super) fn read(reply: Value) -> Result<Self, BackendError> {
        match reply {
            Value::Int(1) => Ok(Self::Done(Vec::new())),
            Value::Int(0) => Ok(Self::Missing(Missing::Absent)),
            Value::Int(-1) => Ok(Self::Missing(Missing::Superseded)),
            Value::Int(-2) => Err(corrupt()),
            Value::Int(-3) => Ok(Self::Taken),
            Value::Int(-5) => Ok(Self::Ended),
            Value::BulkString(session) => record(session).map(Self::Session),
            Value::Array(parts) => Self::of_parts(parts),
            _ => Err(unexpected()),
        }
    }

    fn of_parts(mut parts: Vec<Value>) -> Result<Self, BackendError> {
        match parts.as_slice() {
            [Value::Int(1), ..] => Ok(Self::Done(parts.split_off(1))),
            [Value::BulkString(kind), key] if kind == b"A" => Ok(Self::Leads(key_of(key)?)),
            [Value::BulkString(kind), key] if kind == b"N" => Ok(Self::Pending(key_of(key)?)),
            _ => Err(unexpected()),
        }
    }
}

pub(super) fn record(session: Vec<u8>) -> Result<Record, BackendError> {
    match Stored::read(session) {
        Some(Stored::Session(record)) => Ok(record),
        _ => Err(corrupt()),
    }
}

/// Whose successor a value may be, if it is pending.
pub(super) fn predecessor(value: &[u8]) -> Option<SessionKey> {
    let (b'N', behind) = value.split_first()? else {
        return None;
    };
    session_key(behind.get(..43)?)
}

pub(super) fn key_of(value: &Value) -> Result<SessionKey, BackendError> {
    session_key(bytes(value)?).ok_or_else(unexpected)
}

pub(super) fn bytes(value: &Value) -> Result<&[u8], BackendError> {
    match value {
        Value::BulkString(bytes) => Ok(bytes),
        _ => Err(unexpected()),
    }
}

/// A number that a script gave, as scripts take it.
pub(super) fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::Int(number)) => number.to_string(),
        _ => "0".to_owned(),
    }
}
