use std::time::Duration;

/// A step of the schema, as a file of SQL that may be run twice.
pub(in crate::backend) struct Migration {
    pub(in crate::backend) version: i32,
    pub(in crate::backend) sql: &'static str,
}

/// How long all of a migration may take.
pub(in crate::backend) const MIGRATION_DEADLINE: Duration = Duration::from_secs(60);
