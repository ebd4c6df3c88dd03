use std::io;

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

use crate::backend::{BackendError, BackendErrorKind};

/// What can go wrong with the file.
#[derive(Debug)]
pub(super) enum Fault {
    /// SQLite says so.
    Sqlite(rusqlite::Error),
    /// The operating system says so.
    Io(io::Error),
    /// A row has a value that is none of ours.
    Row(&'static str),
    /// The file is not one for us; what to do instead.
    Unfit(String),
    /// There is another file at the path, or none.
    Moved(String),
}

impl Fault {
    /// Whether another connection has what is needed, for the moment.
    pub(super) fn is_busy(&self) -> bool {
        let Self::Sqlite(error) = self else { return false };
        matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy))
    }

    fn kind(&self) -> BackendErrorKind {
        match self {
            Self::Sqlite(error) => kind_of(error),
            Self::Io(error) => kind_of_io(error),
            Self::Row(_) => BackendErrorKind::Corrupt,
            Self::Unfit(_) => BackendErrorKind::Refused,
            Self::Moved(_) => BackendErrorKind::Unavailable,
        }
    }
}

fn kind_of(error: &rusqlite::Error) -> BackendErrorKind {
    let Some(code) = error.sqlite_error_code() else { return BackendErrorKind::Corrupt };
    match code {
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::OperationInterrupted => BackendErrorKind::Timeout,
        ErrorCode::DiskFull | ErrorCode::OutOfMemory => BackendErrorKind::OutOfSpace,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => BackendErrorKind::Corrupt,
        ErrorCode::SystemIoFailure if lacks_room(error) => BackendErrorKind::OutOfSpace,
        ErrorCode::SystemIoFailure => BackendErrorKind::Unavailable,
        _ => BackendErrorKind::Refused,
    }
}

/// Whether there was no room for the memory that processes share, which SQLite has no word for.
fn lacks_room(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == SQLITE_IOERR_SHMSIZE)
}

fn kind_of_io(error: &io::Error) -> BackendErrorKind {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BackendErrorKind::OutOfSpace,
        io::ErrorKind::PermissionDenied
        | io::ErrorKind::ReadOnlyFilesystem
        | io::ErrorKind::NotFound
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory => BackendErrorKind::Refused,
        _ => BackendErrorKind::Unavailable,
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Fault> for BackendError {
    fn from(fault: Fault) -> Self {
        let kind = fault.kind();
        match fault {
            Fault::Sqlite(error) => Self::caused_by(kind, error),
            Fault::Io(error) => Self::caused_by(kind, error),
            Fault::Row(text) => Self::caused_by(kind, text),
            Fault::Unfit(text) | Fault::Moved(text) => Self::caused_by(kind, text),
        }
    }
}
