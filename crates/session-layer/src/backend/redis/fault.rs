use std::io;

use redis::{ErrorKind, RedisError, ServerErrorKind, Value};

use super::place::Place;
use crate::backend::{BackendError, BackendErrorKind};

/// The reply, unless it is an error.
pub(super) fn reply(value: Value) -> Result<Value, RedisError> {
    match value {
        Value::ServerError(error) => Err(error.into()),
        value => Ok(value),
    }
}

pub(super) fn timed_out() -> RedisError {
    io::Error::from(io::ErrorKind::TimedOut).into()
}

/// The task that connects is gone, with the runtime that it ran on.
pub(super) fn closed() -> RedisError {
    io::Error::from(io::ErrorKind::NotConnected).into()
}

/// Who the sentinels call the master is none, or not yet one.
pub(super) fn is_no_master(place: &Place) -> RedisError {
    io::Error::new(io::ErrorKind::NotConnected, format!("{place} is no master")).into()
}

pub(super) fn unknown_master(name: &str) -> RedisError {
    let what = "no master of this name is known";
    (ErrorKind::MasterNameNotFoundBySentinel, what, name.to_owned()).into()
}

/// A node that is in no cluster, or not yet.
pub(super) fn knows_no_slots() -> RedisError {
    io::Error::new(io::ErrorKind::NotConnected, "it knows no slots of a cluster").into()
}

/// A cluster with a hole.
pub(super) fn is_nobodys(slot: u16) -> RedisError {
    let text = format!("no node of the cluster has the slot {slot}");
    io::Error::new(io::ErrorKind::NotConnected, text).into()
}

/// What a node of a cluster says that has done nothing.
pub(super) enum Redirection {
    /// This one has the slot.
    Moved(Place),
    /// This one may have the key already.
    Ask(Place),
    /// Nobody, at the moment.
    Later,
}

/// What a node is called that is to be called by its name, and has none.
pub(super) const UNKNOWN_HOST: &str = "?";

pub(super) fn redirection(error: &RedisError) -> Option<Redirection> {
    let place = || {
        let (address, _) = error.redirect_node()?;
        let (host, port) = address.rsplit_once(':')?;
        let host = host.trim_matches(['[', ']']).to_owned();
        // Without a host, the next exploration tells it.
        (!host.is_empty() && host != UNKNOWN_HOST)
            .then_some(Place { host, port: port.parse().ok()? })
    };
    let or_later = |redirection: Option<_>| redirection.or(Some(Redirection::Later));
    match error.kind() {
        ErrorKind::Server(ServerErrorKind::Moved) => or_later(place().map(Redirection::Moved)),
        ErrorKind::Server(ServerErrorKind::Ask) => or_later(place().map(Redirection::Ask)),
        ErrorKind::Server(ServerErrorKind::TryAgain | ServerErrorKind::ClusterDown) => {
            Some(Redirection::Later)
        }
        _ => None,
    }
}

/// The same fault, with the word of whose it is.
pub(super) fn about(whom: &str, error: &RedisError) -> RedisError {
    let text = format!("{whom}: {error}");
    match kind(error) {
        BackendErrorKind::Timeout => io::Error::new(io::ErrorKind::TimedOut, text).into(),
        BackendErrorKind::Unavailable => io::Error::new(io::ErrorKind::NotConnected, text).into(),
        _ => (ErrorKind::Client, "refused", text).into(),
    }
}

pub(super) fn is_unknown_script(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}

/// It was a master, and is a replica now.
pub(super) fn is_demoted(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
        || error.detail().is_some_and(|detail| detail.contains("-READONLY"))
}

pub(super) fn backend_error(error: RedisError) -> BackendError {
    BackendError::caused_by(kind(&error), error)
}

/// What is under a session's key is none.
pub(super) fn corrupt() -> BackendError {
    BackendError::caused_by(BackendErrorKind::Corrupt, "the value is no session, or cut off")
}

/// No version that we know answers like that.
pub(super) fn unexpected() -> BackendError {
    BackendError::caused_by(BackendErrorKind::Refused, "Redis gave an answer that is none")
}

/// It was written, and may be lost.
pub(super) fn unreplicated(asked: u32, reached: u32) -> BackendError {
    let text = format!("{reached} of {asked} replicas had it in time");
    BackendError::caused_by(BackendErrorKind::Unreplicated, text)
}

/// Whose fault it is.
pub(super) fn kind(error: &RedisError) -> BackendErrorKind {
    if error.is_timeout() {
        return BackendErrorKind::Timeout;
    }
    match error.kind() {
        ErrorKind::Io => BackendErrorKind::Unavailable,
        _ => error.code().map_or(BackendErrorKind::Refused, |code| of_server(code, error.detail())),
    }
}

/// Before 7.0 an error inside a script is an `ERR`, and only its text has the code.
fn of_server(code: &str, detail: Option<&str>) -> BackendErrorKind {
    let detail = detail.unwrap_or_default();
    let of_detail = || match detail.contains("max number of clients") {
        true => Some(BackendErrorKind::Unavailable),
        false => detail.split([' ', '-']).find_map(of_code),
    };
    let known = if code == "ERR" { of_detail() } else { of_code(code) };
    known.unwrap_or(BackendErrorKind::Refused)
}

fn of_code(code: &str) -> Option<BackendErrorKind> {
    match code {
        "OOM" => Some(BackendErrorKind::OutOfSpace),
        "WRONGTYPE" => Some(BackendErrorKind::Corrupt),
        "BUSY" | "CLUSTERDOWN" | "LOADING" | "MASTERDOWN" | "MISCONF" | "NOREPLICAS"
        | "READONLY" | "TRYAGAIN" => Some(BackendErrorKind::Unavailable),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, detail: &str, expected: BackendErrorKind) {
        assert_eq!(of_server(code, Some(detail)), expected);
    }

    #[test]
    fn a_full_redis_is_out_of_space() {
        check(
            "OOM",
            "command not allowed when used memory > 'maxmemory'.",
            BackendErrorKind::OutOfSpace,
        );
    }

    #[test]
    fn an_error_inside_a_script_of_redis_6_has_its_code_in_the_text() {
        let full = "Error running script (call to f_0): @user_script:9: @user_script: 9: -OOM command not allowed";
        check("ERR", full, BackendErrorKind::OutOfSpace);
        let other = "Error running script (call to f_0): @user_script:9: @user_script: 9: WRONGTYPE Operation";
        check("ERR", other, BackendErrorKind::Corrupt);
    }

    #[test]
    fn a_server_that_does_not_serve_now_is_unavailable() {
        check("LOADING", "Redis is loading the dataset in memory", BackendErrorKind::Unavailable);
        check(
            "READONLY",
            "You can't write against a read only replica.",
            BackendErrorKind::Unavailable,
        );
        check("ERR", "max number of clients reached", BackendErrorKind::Unavailable);
    }

    #[test]
    fn missing_rights_and_unknown_commands_are_refused() {
        check("NOPERM", "No permissions to access a key", BackendErrorKind::Refused);
        check("NOAUTH", "Authentication required.", BackendErrorKind::Refused);
        check("ERR", "unknown command 'EVALSHA'", BackendErrorKind::Refused);
    }
}
