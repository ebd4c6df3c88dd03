use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::PostgresBackend;
use super::server::PostgresServer;
use crate::ConfigError;
use crate::backend::sql::{
    MIGRATION_DEADLINE, Settings, Tls, authorities, check_parameters, check_tls, invalid_url,
};

/// Configures a [`PostgresBackend`], from [`PostgresBackend::builder`].
#[derive(Clone)]
pub struct PostgresBuilder {
    url: String,
    settings: Settings,
    ca_file: Option<PathBuf>,
}

impl PostgresBuilder {
    pub(super) fn new(url: String) -> Self {
        Self { url, settings: Settings::DEFAULT, ca_file: None }
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

    /// Checks it all. It connects to nothing yet, so that an application starts while its database
    /// does.
    ///
    /// The parameters of the URL: `sslmode` with `disable`, `prefer` (the default: TLS if the
    /// server has it, whoever that is), `require` (TLS, whoever the server is) or `verify-full`
    /// (TLS with a certificate for the host); `sslrootcert`, a file of authorities besides the
    /// public ones; `sslcert` and `sslkey`, the client's own certificate; `host`, also the folder
    /// of a Unix socket; `application_name`; `options`, settings for the connections. What the URL
    /// does not say is taken from `PGHOST`, `PGUSER`, `PGPASSWORD`, `PGSSLMODE` and so on, and from
    /// `~/.pgpass`, as other clients do.
    ///
    /// # Errors
    /// The URL can't be read or has other parameters, its parameters promise more than they hold
    /// (`verify-ca`, an authority that nobody asks), the file of authorities can't be read, or the
    /// pool's size or the deadline is nothing.
    pub fn build(self) -> Result<PostgresBackend, ConfigError> {
        let options = self.options()?;
        let server = |limit| PostgresServer { options: options.clone(), limit };
        let migrating = Settings { pool_size: 1, deadline: MIGRATION_DEADLINE };
        Ok(PostgresBackend {
            pool: self.settings.pool(server(Some(self.settings.limit())))?,
            migrations: migrating.pool(server(None))?,
        })
    }

    fn options(&self) -> Result<PgConnectOptions, ConfigError> {
        if !self.url.starts_with("postgres://") && !self.url.starts_with("postgresql://") {
            return Err(invalid_url("a URL begins with postgres:// or postgresql://"));
        }
        check_parameters(&self.url, is_parameter)?;
        let options: PgConnectOptions = self.url.parse().map_err(|_| {
            invalid_url("a URL is postgres://user:password@host:port/database, percent-encoded")
        })?;
        self.with_tls(options)
    }

    fn with_tls(&self, options: PgConnectOptions) -> Result<PgConnectOptions, ConfigError> {
        let tls = match options.get_ssl_mode() {
            PgSslMode::Disable => Tls::Never,
            PgSslMode::Allow | PgSslMode::Prefer | PgSslMode::Require => Tls::Unverified,
            PgSslMode::VerifyCa => Tls::AnyName,
            PgSslMode::VerifyFull => Tls::Verified,
        };
        let Some(path) = &self.ca_file else {
            let names_authority = AUTHORITY.iter().any(|name| self.url.contains(name));
            check_tls(tls, names_authority, "sslmode=verify-full")?;
            return Ok(options);
        };
        check_tls(tls, tls == Tls::Never, "sslmode=verify-full")?;
        let options = options.ssl_mode(PgSslMode::VerifyFull);
        Ok(options.ssl_root_cert_from_pem(authorities(path)?))
    }
}

/// The parameters that a URL may have.
fn is_parameter(name: &str) -> bool {
    const PARAMETERS: [&str; 17] = [
        "sslmode",
        "ssl-mode",
        "sslrootcert",
        "ssl-root-cert",
        "ssl-ca",
        "sslcert",
        "ssl-cert",
        "sslkey",
        "ssl-key",
        "host",
        "hostaddr",
        "port",
        "dbname",
        "user",
        "password",
        "application_name",
        "options",
    ];
    PARAMETERS.contains(&name) || name.starts_with("options[") || name.starts_with("options%5B")
}

/// The parameters that name an authority.
const AUTHORITY: [&str; 3] = ["sslrootcert=", "ssl-root-cert=", "ssl-ca="];

/// Without the URL, which has the password.
impl fmt::Debug for PostgresBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url: _, settings, ca_file } = self;
        f.debug_struct("PostgresBuilder")
            .field("settings", settings)
            .field("ca_file", ca_file)
            .finish_non_exhaustive()
    }
}
