use crate::backend::BackendErrorKind;
use crate::backend::BackendErrorKind::{OutOfSpace, Refused, Timeout, Unavailable};
use crate::backend::sql::{After, Fault};

/// What an error comes to, by its SQLSTATE.
pub(super) fn judge(error: &sqlx::Error) -> Fault {
    let Some(server) = error.as_database_error() else { return Fault::of_client(error) };
    let state = server.code().unwrap_or_default();
    let (kind, after) = meaning(&state);
    // The message alone: what the server adds as detail has the row.
    let message = server.message();
    let text = match advice(&state) {
        Some(advice) => format!("error {state}: {message}: {advice}"),
        None => format!("error {state}: {message}"),
    };
    Fault { kind, after, text: text.into() }
}

fn meaning(state: &str) -> (BackendErrorKind, After) {
    match state {
        // A serialization failure, a deadlock, a lock's timeout.
        "40001" | "40P01" | "55P03" => (Timeout, After::Undone),
        // The limit of a statement.
        "57014" => (Timeout, After::Refused),
        // Too many connections, a standby, a plan that the schema has outdated.
        "53300" | "25006" | "0A000" => broken(),
        "53100" | "53200" | "54000" => (OutOfSpace, After::Refused),
        // The connection failed, the server shuts down, crashed, or starts; or ended a session that
        // was idle for too long.
        _ if ["08", "57P", "25P03"].iter().any(|class| state.starts_with(class)) => broken(),
        _ => (Refused, After::Refused),
    }
}

fn broken() -> (BackendErrorKind, After) {
    (Unavailable, After::Broken)
}

fn advice(state: &str) -> Option<&'static str> {
    match state {
        "42501" | "28000" | "28P01" => Some(
            "the user needs SELECT, INSERT, UPDATE and DELETE on sessions; migrate() needs CREATE \
             in the schema, and SELECT on session_migrations",
        ),
        "3D000" => Some("create the database of the URL, then run migrate()"),
        "3F000" => Some("create the schema of the search_path, then run migrate()"),
        "42P01" | "42703" => Some("run migrate(), or the files in migrations/postgres"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(state: &str, kind: BackendErrorKind, after: After) {
        assert_eq!(meaning(state), (kind, after), "{state}");
    }

    #[test]
    fn what_others_undid_is_tried_again() {
        for state in ["40001", "40P01", "55P03"] {
            check(state, Timeout, After::Undone);
        }
    }

    #[test]
    fn a_server_that_can_not_serve_is_left() {
        for state in ["08006", "53300", "57P01", "57P02", "57P03", "25006", "25P03"] {
            check(state, Unavailable, After::Broken);
        }
    }

    #[test]
    fn a_full_disk_is_out_of_space() {
        check("53100", OutOfSpace, After::Refused);
    }

    #[test]
    fn an_unknown_error_is_a_refusal() {
        check("42601", Refused, After::Refused);
    }
}
