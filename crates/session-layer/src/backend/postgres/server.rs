use std::fmt;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor, PgConnection};

use super::fault;
use crate::backend::ServerAddress;
use crate::backend::sql::{Fault, Server, millis};

/// A server, and what its connections are to be like.
pub(super) struct PostgresServer {
    pub(super) options: PgConnectOptions,
    /// How long a statement may take.
    pub(super) limit: Option<Duration>,
}

impl Server for PostgresServer {
    type Connection = PgConnection;

    async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        let options = self.options.clone().disable_statement_logging();
        let mut connection = options.connect().await?;
        connection.execute(&*self.session()).await?;
        Ok(connection)
    }

    fn judge(error: &sqlx::Error) -> Fault {
        fault::judge(error)
    }
}

impl PostgresServer {
    /// Of a folder of sockets, the socket that has the port's name.
    pub(super) fn address(&self) -> ServerAddress {
        let (host, port) = (self.options.get_host(), self.options.get_port());
        let folder = self.options.get_socket().map(|folder| folder.to_string_lossy());
        match folder.or_else(|| host.starts_with('/').then(|| host.into())) {
            Some(folder) => ServerAddress::socket(format!("{folder}/.s.PGSQL.{port}")),
            None => ServerAddress::tcp(host, port),
        }
    }

    /// What makes all servers the same to us. One that was left by a client whose machine is gone
    /// ends its transaction by itself.
    fn session(&self) -> String {
        let limit = self.limit.map_or(0, |limit| millis(limit).max(1));
        let idle = limit.saturating_mul(2);
        format!(
            "SET default_transaction_isolation = 'read committed'; \
             SET default_transaction_read_only = off; \
             SET statement_timeout = {limit}; SET lock_timeout = {limit}; \
             SET idle_in_transaction_session_timeout = {idle}"
        )
    }
}

/// Where it is, without who it is asked as.
impl fmt::Debug for PostgresServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { options, limit } = self;
        f.debug_struct("PostgresServer")
            .field("host", &options.get_host())
            .field("port", &options.get_port())
            .field("socket", &options.get_socket())
            .field("database", &options.get_database())
            .field("tls", &options.get_ssl_mode())
            .field("limit", limit)
            .finish()
    }
}
