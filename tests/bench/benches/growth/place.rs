use std::any::Any;

use crate::subject::Subject;
use crate::{memory, mysql, postgres, redis, sqlite};

/// Where sessions are kept.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    Memory,
    Sqlite,
    Redis,
    MySql,
    Postgres,
}

/// A place with so many sessions.
pub(crate) struct Filled {
    pub(crate) subject: Subject,
    /// What all of them take.
    pub(crate) bytes: u64,
    /// How many it said they are, as soon as they were there.
    pub(crate) counted: u64,
    /// The server, which ends with it.
    _holds: Box<dyn Any + Send + Sync>,
}

impl Filled {
    pub(crate) async fn of(subject: Subject, bytes: u64, holds: impl Any + Send + Sync) -> Self {
        Self { counted: subject.live().await, subject, bytes, _holds: Box::new(holds) }
    }
}

impl Place {
    pub(crate) const ALL: [Self; 5] =
        [Self::Memory, Self::Sqlite, Self::Redis, Self::MySql, Self::Postgres];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Sqlite => "sqlite",
            Self::Redis => "redis",
            Self::MySql => "mysql",
            Self::Postgres => "postgres",
        }
    }

    /// How many calls one takes before the next has its turn.
    pub(crate) fn calls(self) -> u32 {
        match self {
            Self::Memory => 500,
            _ => 20,
        }
    }

    pub(crate) async fn fill(self, sessions: u64) -> Filled {
        match self {
            Self::Memory => memory::fill(sessions).await,
            Self::Sqlite => sqlite::fill(sessions).await,
            Self::Redis => redis::fill(sessions).await,
            Self::MySql => mysql::fill(sessions).await,
            Self::Postgres => postgres::fill(sessions).await,
        }
    }
}
