use redis::Value;

use super::super::fault::{corrupt, unexpected};
use super::super::names::session_key;
use super::super::stored::Stored;
use super::step_name::StepName;
use crate::backend::{BackendError, Missing, Record, SessionKey};

/// What a script on a session's key says it has done, or what is there.
pub(super) enum Answer {
    /// With numbers that depend on the script.
    Done(Vec<Value>),
    Session(Record),
    Missing(Missing),
    /// The session has this key now, if it is still there.
    Leads(SessionKey),
    /// A step has the key, and until it is done there is this.
    Held(StepName, Option<Record>),
    Taken,
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
            Value::BulkString(session) => record(session).map(Self::Session),
            Value::Array(parts) => Self::of_parts(parts),
            _ => Err(unexpected()),
        }
    }

    fn of_parts(mut parts: Vec<Value>) -> Result<Self, BackendError> {
        match parts.as_slice() {
            [Value::Int(1), ..] => Ok(Self::Done(parts.split_off(1))),
            [Value::BulkString(kind), key] if kind == b"A" => Ok(Self::Leads(key_of(key)?)),
            [Value::BulkString(kind), step, before] if kind == b"P" => {
                let before = bytes(before)?;
                let before = (!before.is_empty()).then(|| record(before.to_vec())).transpose()?;
                Ok(Self::Held(StepName::read(bytes(step)?).ok_or_else(corrupt)?, before))
            }
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

pub(super) fn key_of(value: &Value) -> Result<SessionKey, BackendError> {
    session_key(bytes(value)?).ok_or_else(unexpected)
}

pub(super) fn bytes(value: &Value) -> Result<&[u8], BackendError> {
    match value {
        Value::BulkString(bytes) => Ok(bytes),
        _ => Err(unexpected()),
    }
}

/// A number that a script gave.
pub(super) fn number(value: Option<&Value>) -> Result<u64, BackendError> {
    match value {
        Some(Value::Int(number)) => u64::try_from(*number).map_err(|_| unexpected()),
        _ => Err(unexpected()),
    }
}
