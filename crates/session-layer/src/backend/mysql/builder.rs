use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};

use super::MySqlBackend;
use super::nodes::{self, Nodes};
use super::server::MySqlServer;
use crate::ConfigError;
use crate::backend::sql::{
    MIGRATION_DEADLINE, Settings, Tls, authorities, check_parameters, check_tls, invalid_url,
};

/// Configures a [`MySqlBackend`], from [`MySqlBackend::builder`].
#[derive(Clone)]
pub struct MySqlBuilder {
    url: String,
    settings: Settings,
    engine: StorageEngine,
    ca_file: Option<PathBuf>,
}

/// Where MySQL keeps the tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StorageEngine {
    /// InnoDB, of any server, and on Galera.
    #[default]
    InnoDb,
    /// NDB, for MySQL Cluster. No test runs on it.
    Ndb,
}

impl MySqlBuilder {
    pub(super) fn new(url: String) -> Self {
        Self { url, settings: Settings::DEFAULT, engine: StorageEngine::default(), ca_file: None }
    }

    /// How many connections there are at most, 10 by default. They are made as they are needed. All
    /// instances together should stay below the server's `max_connections`.
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.settings.pool_size = connections;
        self
    }

    /// How long any verb may take, 2 seconds by default: to wait for a connection or make one, all
    /// of its statements, and what is run again. What takes longer is a
    /// [`Timeout`](crate::backend::BackendErrorKind::Timeout). Make it shorter than clients wait
    /// for a response.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// Asks for TLS with a certificate for the URL's host, by one of the authorities in this file
    /// of PEM or by one of the public ones. Without it, the URL says what TLS there is to be.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// The engine of the tables that [`migrate`](MySqlBackend::migrate) makes, InnoDB by default.
    pub fn engine(mut self, engine: StorageEngine) -> Self {
        self.engine = engine;
        self
    }

    /// Checks it all. It connects to nothing yet, so that an application starts while its database
    /// does.
    ///
    /// The parameters of the URL: `ssl-mode` with `DISABLED`, `PREFERRED` (the default: TLS if the
    /// server has it, whoever that is), `REQUIRED` (TLS, whoever the server is) or
    /// `VERIFY_IDENTITY` (TLS with a certificate for the host); `ssl-ca`, a file of authorities
    /// besides the public ones; `ssl-cert` and `ssl-key`, the client's own certificate; `socket`,
    /// the path of a Unix socket instead of host and port.
    ///
    /// The nodes of a Galera cluster are hosts separated by commas: connections go to one of them
    /// for as long as it serves, and then to the next. The `deadline` has to be longer than the
    /// cluster takes to notice that a node is gone (`evs.suspect_timeout`, 5 s by default), or
    /// changes fail meanwhile.
    ///
    /// # Errors
    /// The URL can't be read or has other parameters, its parameters promise more than they hold
    /// (`VERIFY_CA`, an authority that nobody asks), the file of authorities can't be read, or the
    /// pool's size or the deadline is nothing.
    pub fn build(self) -> Result<MySqlBackend, ConfigError> {
        let nodes = Arc::new(Nodes::new(self.nodes()?));
        let server = |limit| MySqlServer { nodes: Arc::clone(&nodes), limit, engine: self.engine };
        let migrating = Settings { pool_size: 1, deadline: MIGRATION_DEADLINE };
        Ok(MySqlBackend {
            pool: self.settings.pool(server(Some(self.settings.limit())))?,
            migrations: migrating.pool(server(None))?,
        })
    }

    fn nodes(&self) -> Result<Vec<MySqlConnectOptions>, ConfigError> {
        if !self.url.starts_with("mysql://") && !self.url.starts_with("mariadb://") {
            return Err(invalid_url("a URL begins with mysql:// or mariadb://"));
        }
        check_parameters(&self.url, |name| PARAMETERS.contains(&name))?;
        nodes::each(&self.url).iter().map(|url| self.options(url)).collect()
    }

    fn options(&self, url: &str) -> Result<MySqlConnectOptions, ConfigError> {
        let options: MySqlConnectOptions = url.parse().map_err(|_| {
            invalid_url("a URL is mysql://user:password@host:port/database, percent-encoded")
        })?;
        if options.get_database().is_none_or(str::is_empty) {
            return Err(invalid_url("the URL names no database: add /database"));
        }
        self.with_tls(options)
    }

    fn with_tls(&self, options: MySqlConnectOptions) -> Result<MySqlConnectOptions, ConfigError> {
        let tls = match options.get_ssl_mode() {
            MySqlSslMode::Disabled => Tls::Never,
            MySqlSslMode::Preferred | MySqlSslMode::Required => Tls::Unverified,
            MySqlSslMode::VerifyCa => Tls::AnyName,
            MySqlSslMode::VerifyIdentity => Tls::Verified,
        };
        let Some(path) = &self.ca_file else {
            let names_authority = ["ssl-ca=", "sslca="].iter().any(|name| self.url.contains(name));
            check_tls(tls, names_authority, "ssl-mode=VERIFY_IDENTITY")?;
            return Ok(options);
        };
        check_tls(tls, tls == Tls::Never, "ssl-mode=VERIFY_IDENTITY")?;
        let options = options.ssl_mode(MySqlSslMode::VerifyIdentity);
        Ok(options.ssl_ca_from_pem(authorities(path)?))
    }
}

/// The parameters that a URL may have.
const PARAMETERS: [&str; 9] = [
    "ssl-mode", "sslmode", "ssl-ca", "sslca", "ssl-cert", "sslcert", "ssl-key", "sslkey", "socket",
];

/// Without the URL, which has the password.
impl fmt::Debug for MySqlBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url: _, settings, engine, ca_file } = self;
        f.debug_struct("MySqlBuilder")
            .field("settings", settings)
            .field("engine", engine)
            .field("ca_file", ca_file)
            .finish_non_exhaustive()
    }
}
