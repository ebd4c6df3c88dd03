use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use sqlx::mysql::MySqlConnectOptions;
use sqlx::{ConnectOptions, Executor, MySqlConnection, Row};
use tokio::time::timeout;

use super::nodes::Nodes;
use super::{StorageEngine, fault};
use crate::backend::race::first_of;
use crate::backend::sql::{Fault, MIGRATION_DEADLINE, Server};

/// How long a node may keep the next one waiting, which is asked beside it then (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// A server, or the nodes of a cluster, and what connections are to be like.
#[derive(Clone)]
pub(super) struct MySqlServer {
    pub(super) nodes: Arc<Nodes>,
    /// How long a statement may take.
    pub(super) limit: Option<Duration>,
    pub(super) engine: StorageEngine,
}

impl Server for MySqlServer {
    type Connection = MySqlConnection;

    async fn connect(&self) -> Result<MySqlConnection, sqlx::Error> {
        if let [only] = self.nodes.all() {
            return self.connect_to(only).await;
        }
        let attempts = self.nodes.in_order().map(|(number, node)| {
            let (this, node) = (self.clone(), node.clone());
            async move { Ok((number, this.connect_to_member(node).await?)) }
        });
        match first_of(HEAD_START, attempts.collect::<Vec<_>>()).await {
            Ok((number, connection)) => {
                self.nodes.is_good(number);
                Ok(connection)
            }
            Err(mut reasons) => Err(reasons.pop().unwrap_or_else(not_in_cluster)),
        }
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

/// Whether a node of Galera is one that serves; only such a server knows the word.
const READY: &str = "SHOW STATUS LIKE 'wsrep_ready'";

fn not_in_cluster() -> sqlx::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the node is not part of its cluster").into()
}

impl MySqlServer {
    async fn connect_to(&self, node: &MySqlConnectOptions) -> Result<MySqlConnection, sqlx::Error> {
        let mut connection = as_ours(node).connect().await?;
        let known = variables(&mut connection).await?;
        connection.execute(&*self.session(&known)).await?;
        Ok(connection)
    }

    /// It goes on though another node was faster: a server that is left in the middle of it too often
    /// takes no more connections from here (`max_connect_errors`).
    async fn connect_to_member(
        self,
        node: MySqlConnectOptions,
    ) -> Result<MySqlConnection, sqlx::Error> {
        let host = node.get_host().to_owned();
        let patience = self.limit.unwrap_or(MIGRATION_DEADLINE);
        let connecting = async move { self.connect_to_ready(&node).await };
        let connected = match tokio::spawn(timeout(patience, connecting)).await {
            Ok(Ok(connected)) => connected,
            Ok(Err(_)) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
            Err(_) => Err(not_in_cluster()),
        };
        connected.inspect_err(|error| tracing::debug!(host, %error, "a node is of no use"))
    }

    async fn connect_to_ready(
        &self,
        node: &MySqlConnectOptions,
    ) -> Result<MySqlConnection, sqlx::Error> {
        let mut connection = self.connect_to(node).await?;
        match connection.fetch_optional(READY).await? {
            Some(row) if row.try_get::<String, _>(1)? == "OFF" => Err(not_in_cluster()),
            _ => Ok(connection),
        }
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
            // A read, a transaction, a change and an insert see what was committed on any node before.
            ("wsrep_sync_wait", 7.0),
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

/// Without what the driver would set itself.
fn as_ours(options: &MySqlConnectOptions) -> MySqlConnectOptions {
    let options = options.clone().disable_statement_logging();
    options.pipes_as_concat(false).no_engine_substitution(false).timezone(None).set_names(false)
}

const LOCK_WAIT: &str = "innodb_lock_wait_timeout";

/// Where it is, without who it is asked as.
impl fmt::Debug for MySqlServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { nodes, limit, engine } = self;
        let nodes = nodes.all();
        let places = nodes.iter().map(|node| format!("{}:{}", node.get_host(), node.get_port()));
        let first = nodes.first();
        f.debug_struct("MySqlServer")
            .field("hosts", &places.collect::<Vec<_>>())
            .field("socket", &first.and_then(MySqlConnectOptions::get_socket))
            .field("database", &first.and_then(MySqlConnectOptions::get_database))
            .field("tls", &first.map(MySqlConnectOptions::get_ssl_mode))
            .field("limit", limit)
            .field("engine", engine)
            .finish()
    }
}
