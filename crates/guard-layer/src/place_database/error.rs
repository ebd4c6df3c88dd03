use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::{fmt, result};

use maxminddb::MaxMindDbError;

/// Why a file is not taken for a [`PlaceDatabase`](super::PlaceDatabase).
///
/// Its text has the path, and says what to do instead.
#[derive(Debug)]
pub struct PlaceDatabaseError {
    path: PathBuf,
    cause: Cause,
}

/// The kinds of [`PlaceDatabaseError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlaceDatabaseErrorKind {
    /// The file is not there, or can't be read.
    Unreadable,
    /// It is no database in MaxMind's format, or not a whole one.
    Damaged,
    /// It is a database of something else, such as of anonymous proxies.
    WithoutPlaces,
}

#[derive(Debug)]
pub(super) enum Cause {
    Unreadable(io::Error),
    Damaged(MaxMindDbError),
    WithoutPlaces { kind: String },
}

pub(super) type Result<T, E = Cause> = result::Result<T, E>;

impl PlaceDatabaseError {
    pub(super) fn new(path: &Path, cause: Cause) -> Self {
        Self { path: path.to_owned(), cause }
    }

    /// What is wrong with the file.
    pub fn kind(&self) -> PlaceDatabaseErrorKind {
        match self.cause {
            Cause::Unreadable(_) => PlaceDatabaseErrorKind::Unreadable,
            Cause::Damaged(_) => PlaceDatabaseErrorKind::Damaged,
            Cause::WithoutPlaces { .. } => PlaceDatabaseErrorKind::WithoutPlaces,
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

impl From<MaxMindDbError> for Cause {
    fn from(error: MaxMindDbError) -> Self {
        Self::Damaged(error)
    }
}

impl fmt::Display for PlaceDatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        match &self.cause {
            Cause::Unreadable(error) => write!(f, "{error}"),
            Cause::Damaged(error) => {
                write!(f, "no whole database in MaxMind's format, download it again ({error})")
            }
            Cause::WithoutPlaces { kind } => write!(
                f,
                "a database of the type {kind:?}, which knows neither countries, positions nor \
                 autonomous systems: give one like GeoLite2-City, GeoLite2-Country or GeoLite2-ASN"
            ),
        }
    }
}

impl Error for PlaceDatabaseError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.cause {
            Cause::Unreadable(error) => Some(error),
            Cause::Damaged(error) => Some(error),
            Cause::WithoutPlaces { .. } => None,
        }
    }
}
