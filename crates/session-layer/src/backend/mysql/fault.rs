use sqlx::mysql::MySqlDatabaseError;

use crate::backend::BackendErrorKind;
use crate::backend::BackendErrorKind::{OutOfSpace, Refused, Timeout, Unavailable};
use crate::backend::sql::{After, Fault};

/// What an error comes to, by its number.
pub(super) fn judge(error: &sqlx::Error) -> Fault {
    let server = error.as_database_error();
    match server.and_then(|error| error.try_downcast_ref::<MySqlDatabaseError>()) {
        Some(server) => of_server(server.number(), server.message()),
        None => Fault::of_client(error),
    }
}

fn of_server(number: u16, message: &str) -> Fault {
    let (kind, after) = meaning(number, message);
    let text = match advice(number) {
        Some(advice) => format!("error {number}: {message}: {advice}"),
        None => format!("error {number}: {message}"),
    };
    Fault { kind, after, text: text.into() }
}

fn meaning(number: u16, message: &str) -> (BackendErrorKind, After) {
    match number {
        // A lock's timeout, a deadlock or Galera's certification, NDB's temporary errors, Group
        // Replication's certification, a record that changed, a statement to be prepared anew.
        1205 | 1213 | 1297 | 3101 | 1020 | 1615 => (Timeout, After::Undone),
        // The limit of a statement: MariaDB's and MySQL's.
        1969 | 3024 => (Timeout, After::Refused),
        // Too many connections, shutting down, killed, idle for too long, lost.
        1040 | 1203 | 1226 | 1053 | 1317 | 1927 | 4031 | 1152 | 1154..=1161 => broken(),
        // A node of Galera that is not part of the cluster, or could not commit.
        1047 | 1180 => broken(),
        // A replica, or a server that was made read-only: another one has its place.
        1290 | 1792 | 1836 => broken(),
        // Disk full, table full, undo log full, out of memory, a row or a packet that is too large.
        1021 | 1114 | 3019 | 1037 | 1038 | 1041 | 1118 | 1153 | 1406 => {
            (OutOfSpace, After::Refused)
        }
        // An error of the system, whose number is ENOSPC.
        3 | 1026 | 1030 if message.contains("28") => (OutOfSpace, After::Refused),
        _ => (Refused, After::Refused),
    }
}

fn broken() -> (BackendErrorKind, After) {
    (Unavailable, After::Broken)
}

fn advice(number: u16) -> Option<&'static str> {
    match number {
        1044 | 1045 | 1142 | 1143 | 1227 | 1698 => Some(
            "the user needs SELECT, INSERT, UPDATE and DELETE on sessions and session_locks; \
             migrate() needs CREATE and INDEX in the database, and on session_migrations",
        ),
        1049 => Some("create the database of the URL, then run migrate()"),
        1054 | 1136 | 1146 => Some("run migrate(), or the files in migrations/mysql"),
        1665 => Some("set binlog_format to ROW or MIXED"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: u16, message: &str, kind: BackendErrorKind, after: After) {
        assert_eq!(meaning(number, message), (kind, after), "{number}");
    }

    #[test]
    fn what_others_undid_is_tried_again() {
        for number in [1205, 1213, 1297, 3101] {
            check(number, "", Timeout, After::Undone);
        }
    }

    #[test]
    fn a_node_that_can_not_serve_is_left() {
        for number in [1040, 1047, 1053, 1290, 1836] {
            check(number, "", Unavailable, After::Broken);
        }
    }

    #[test]
    fn a_commit_of_which_nobody_knows_is_not_tried_again() {
        check(1180, "Got error 6 \"No such device\" during COMMIT", Unavailable, After::Broken);
    }

    #[test]
    fn a_full_disk_is_out_of_space() {
        check(1021, "Disk full (/tmp/x)", OutOfSpace, After::Refused);
        check(1114, "The table 'sessions' is full", OutOfSpace, After::Refused);
        check(1030, "Got error 28 from storage engine", OutOfSpace, After::Refused);
        check(1030, "Got error 5 from storage engine", Refused, After::Refused);
    }

    #[test]
    fn an_unknown_error_is_a_refusal() {
        check(1064, "You have an error in your SQL syntax", Refused, After::Refused);
    }

    #[test]
    fn a_missing_table_says_what_to_do() {
        let fault = of_server(1146, "Table 'shop.sessions' doesn't exist");
        let text = "error 1146: Table 'shop.sessions' doesn't exist: \
                    run migrate(), or the files in migrations/mysql";
        assert_eq!(fault.text, text);
    }
}
