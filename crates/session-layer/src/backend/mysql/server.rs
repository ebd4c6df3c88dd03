use std::fmt;
use std::time::Duration;

use sqlx::mysql::MySqlConnectOptions;
use sqlx::{ConnectOptions, Executor, MySqlConnection, Row};

use super::{StorageEngine, fault};
use crate::backend::sql::{Fault, Server};

/// A server, and what its connections are to be like.
pub(super) struct MySqlServer {
    pub(super) options: MySqlConnectOptions,
    /// How long a statement may take.
    pub(super) limit: Option<Duration>,
    pub(super) engine: StorageEngine,
}

impl Server for MySqlServer {
    type Connection = MySqlConnection;

    async fn connect(&self) -> Result<MySqlConnection, sqlx::Error> {
        let mut connection = self.options().connect().await?;
        let known = variables(&mut connection).await?;
        connection.execute(&*self.session(&known)).await?;
        Ok(connection)
    }

    fn judge(error: &sqlx::Error) -> Fault {
        fault::judge(error)
    }
}

/// Those that only some servers have.
const VARIABLES: &str = "SHOW SESSION VARIABLES WHERE Variable_name IN ('idle_transaction_timeout',\
    'information_schema_stats_expiry', 'max_execution_time', 'max_statement_time',\
    'wsrep_sync_wait')";

async fn variables(connection: &mut MySqlConnection) -> Result<Vec<String>, sqlx::Error> {
    let rows = connection.fetch_all(VARIABLES).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

impl MySqlServer {
    /// Without what the driver would set itself.
    fn options(&self) -> MySqlConnectOptions {
        let options = self.options.clone().disable_statement_logging();
        options.pipes_as_concat(false).no_engine_substitution(false).timezone(None).set_names(false)
    }

    /// What makes all servers the same to us.
    fn session(&self, known: &[String]) -> String {
        let mut set = String::from(
            "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE; \
             SET SESSION autocommit = 1, time_zone = '+00:00', \
             sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', wait_timeout = 600",
        );
        for (name, value) in self.variables() {
            if name == LOCK_WAIT || known.iter().any(|one| one == name) {
                set.push_str(&format!(", {name} = {value}"));
            }
        }
        set
    }

    /// A server that was left by a client whose machine is gone ends its transaction by itself.
    fn variables(&self) -> Vec<(&'static str, f64)> {
        let always = [
            // A read sees what was committed on any node before it, and so does a change.
            ("wsrep_sync_wait", 3.0),
            // Estimates are not a day old.
            ("information_schema_stats_expiry", 0.0),
        ];
        let limits = self.limit.map(|limit| {
            let seconds = limit.as_secs_f64();
            [
                (LOCK_WAIT, seconds.floor().max(1.0)),
                ("idle_transaction_timeout", (2.0 * seconds).ceil()),
                ("max_statement_time", seconds),
                ("max_execution_time", (1000.0 * seconds).ceil()),
            ]
        });
        always.into_iter().chain(limits.into_iter().flatten()).collect()
    }
}

const LOCK_WAIT: &str = "innodb_lock_wait_timeout";

/// Where it is, without who it is asked as.
impl fmt::Debug for MySqlServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { options, limit, engine } = self;
        f.debug_struct("MySqlServer")
            .field("host", &options.get_host())
            .field("port", &options.get_port())
            .field("socket", &options.get_socket())
            .field("database", &options.get_database())
            .field("tls", &options.get_ssl_mode())
            .field("limit", limit)
            .field("engine", engine)
            .finish()
    }
}
