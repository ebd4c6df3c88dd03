use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::address::{Address, Servers};
use super::cluster::{Cluster, Nodes};
use super::dialer::Dialer;
use super::endpoint::Endpoint;
use super::link::Link;
use super::login::Login;
use super::names::Names;
use super::place::Place;
use super::replicas::{Finder, Replicas};
use super::replication::Replication;
use super::sentinels::Sentinels;
use super::server::Server;
use super::single::Single;
use super::tls::{ClientCertificate, TlsSettings, check_host};
use super::{RedisBackend, Store};
use crate::{ConfigError, ConfigErrorKind};

/// Configures a [`RedisBackend`], from [`RedisBackend::builder`].
#[derive(Clone)]
#[must_use]
pub struct RedisBuilder {
    url: String,
    prefix: String,
    timeout: Duration,
    connect_timeout: Duration,
    tls: TlsSettings,
    sentinel_login: Option<Login>,
    replication: Replication,
    max_lag: Option<Duration>,
}

impl RedisBuilder {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            prefix: "session:".into(),
            timeout: Duration::from_millis(500),
            connect_timeout: Duration::from_secs(1),
            tls: TlsSettings::default(),
            sentinel_login: None,
            replication: Replication::asynchronous(),
            max_lag: None,
        }
    }

    /// What the names of all our keys in Redis start with, `session:` by default; 1 to 64 bytes.
    /// Give each application that shares a database or a cluster one of its own. Without braces in
    /// a cluster.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long any verb may take in all, 500 ms by default, at most a minute: waiting for a
    /// connection included. Longer for a Redis that is far away, shorter where requests must not
    /// wait.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// How long an attempt to connect may take, 1 s by default, at most a minute: from the name's
    /// resolution to the answer to the login. Attempts are made in the background, at most some
    /// in a second.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = time;
        self
    }

    /// Logs in to the sentinels too: the login in a `redis+sentinel` URL is for the Redis servers.
    /// The user of sentinels that have `requirepass` alone is `default`. Their user needs the right
    /// to `AUTH`, `PING`, `SUBSCRIBE` to `+switch-master`, and
    /// `SENTINEL get-master-addr-by-name`.
    pub fn sentinel_login(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        let (user, password) = (Some(user.into()), Some(password.into()));
        self.sentinel_login = Some(Login { user, password, ..Login::default() });
        self
    }

    /// Whether answers wait for Redis's replicas; they do not by default. With synchronous
    /// replication the backend has a second connection, and its user needs the right to `WAIT`.
    pub fn replication(mut self, replication: Replication) -> Self {
        self.replication = replication;
        self
    }

    /// Lets routes that can do with a copy (a [`StaleLayer`](crate::StaleLayer)) read replicas, so
    /// that they are no load on the master: those that have all that the master had at most
    /// `max_lag` ago, from 100 ms to a minute; 1 s suits most. Without this, which is the default,
    /// such routes read from the master too. It needs sentinels or a cluster, which know the
    /// replicas.
    ///
    /// Four times in `max_lag`, and at least once in a second, the master and its replicas are asked
    /// in the background how far they have got (`INFO replication`), from the first such read on. A
    /// replica that has not got as far as the master had `max_lag` before, that is not connected to
    /// its master, or of which nobody knows because either of them does not answer, is not read.
    /// One that fails, or does not answer in a quarter of the [`timeout`](Self::timeout), is not read
    /// until it has told again how far it has got, and the master is asked in the rest of the time.
    /// So is it for whatever a replica does not have.
    ///
    /// The user needs the right to `INFO`, and in a cluster to `READONLY`, too: `+info +readonly`.
    pub fn replica_reads(mut self, max_lag: Duration) -> Self {
        self.max_lag = Some(max_lag);
        self
    }

    /// Trusts a Redis whose certificate these authorities vouch for (PEM text of one or more), and
    /// no other: the machine's own authorities, which are the default, then have no say. Called
    /// again, it adds some. For a Redis with a private certificate authority.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.authorities.push(pem.into());
        self
    }

    /// Shows Redis a certificate (PEM text, followed by those that vouch for it) and proves it with
    /// its private key (PEM text). For a Redis with `tls-auth-clients`, which is its default.
    pub fn client_certificate(
        mut self,
        chain: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        self.tls.client = Some(ClientCertificate { chain: chain.into(), key: key.into() });
        self
    }

    /// Checks the settings. It connects when it is first used, on the runtime of that moment,
    /// which has to outlive the backend; see [`RedisBackend::connect`].
    ///
    /// # Errors
    /// The URL is not one of a Redis; a timeout is zero or longer than a minute; the prefix is
    /// empty or too long; replication would wait for nothing or too long; replicas are to be read
    /// without sentinels or a cluster, or their lag is out of bounds; the prefix has braces in a
    /// cluster; there is a certificate that can't be read, or no authority to check Redis with, or a
    /// certificate without TLS, or a login for sentinels without them.
    pub fn build(self) -> Result<RedisBackend, ConfigError> {
        let address = Address::parse(&self.url)?;
        self.check_limits()?;
        self.replication.check(self.timeout, address.servers.waits())?;
        self.check_sentinel_login(&address.servers)?;
        self.check_replica_reads(&address.servers)?;
        let (dialer, names) = (self.dialer(&address)?, Names::under(self.prefix.clone()));
        let single = |server| Store::Single(Single::new(server, names.clone()));
        Ok(RedisBackend::over(match address.servers {
            Servers::One(place) => {
                single(self.server(|| Endpoint::Fixed(place.clone(), dialer.clone())))
            }
            Servers::Watched { sentinels, master } => {
                let server = self.server(|| self.watched(&sentinels, &master, dialer.clone()));
                single(self.with_replicas(server, dialer.clone()))
            }
            Servers::Cluster(nodes) => Store::Cluster(self.cluster(nodes, dialer, names)?),
        }))
    }

    fn server(&self, endpoint: impl Fn() -> Endpoint) -> Server {
        let link = || Link::to(endpoint(), self.timeout);
        match self.replication.is_synchronous() {
            false => Server::over(link()),
            true => Server::replicated(link(), link(), self.replication, Arc::default()),
        }
    }

    fn with_replicas(&self, server: Server, dialer: Dialer) -> Server {
        let Some(max_lag) = self.max_lag else { return server };
        server.with_replicas(|master| {
            Replicas::of(master, Finder::Master, dialer, self.timeout, max_lag)
        })
    }

    fn watched(&self, sentinels: &[Place], master: &str, dialer: Dialer) -> Endpoint {
        let login = self.sentinel_login.clone().unwrap_or_default();
        let ours = Dialer { login, ..dialer.clone() };
        let watched = (sentinels.to_vec(), master.to_owned());
        Endpoint::Watched(Arc::new(Sentinels::new(watched, ours, dialer)))
    }

    fn cluster(
        &self,
        nodes: Vec<Place>,
        dialer: Dialer,
        names: Names,
    ) -> Result<Cluster, ConfigError> {
        if self.prefix.contains(['{', '}']) {
            return Err(ConfigError::new(
                ConfigErrorKind::InvalidPrefix,
                "prefix must have no braces in a cluster, where they say what belongs on one node",
            ));
        }
        let nodes = Nodes::new(nodes, dialer, self.timeout, self.replication, self.max_lag);
        Ok(Cluster::new(nodes, names))
    }

    fn check_sentinel_login(&self, servers: &Servers) -> Result<(), ConfigError> {
        match (servers, &self.sentinel_login) {
            (Servers::Watched { .. }, _) | (_, None) => Ok(()),
            (_, Some(_)) => Err(useless(
                "sentinel_login(..) needs sentinels: write the URL as redis+sentinel://host/master",
            )),
        }
    }

    fn check_replica_reads(&self, servers: &Servers) -> Result<(), ConfigError> {
        let possible = Duration::from_millis(100)..=Duration::from_secs(60);
        match (servers, self.max_lag) {
            (_, None) => Ok(()),
            (Servers::One(_), Some(_)) => Err(useless(
                "replica_reads(..) needs sentinels or a cluster, which know the replicas: write the \
                 URL as redis+sentinel://host/master or redis+cluster://host",
            )),
            (_, Some(max_lag)) if possible.contains(&max_lag) => Ok(()),
            (_, Some(_)) => Err(ConfigError::new(
                ConfigErrorKind::InvalidBound,
                "the lag of replica_reads(..) must be from 100 ms to a minute; 1 s suits most",
            )),
        }
    }

    fn dialer(&self, address: &Address) -> Result<Dialer, ConfigError> {
        let tls = match address.tls {
            true => {
                address.places().iter().try_for_each(|place| check_host(&place.host))?;
                Some(self.tls.connector()?)
            }
            false if self.tls.is_default() => None,
            false => {
                return Err(useless("certificates need TLS: write the URL as rediss://host"));
            }
        };
        Ok(Dialer { tls, login: address.login.clone(), timeout: self.connect_timeout })
    }

    fn check_limits(&self) -> Result<(), ConfigError> {
        let possible = Duration::from_millis(1)..=Duration::from_secs(60);
        if !possible.contains(&self.timeout) || !possible.contains(&self.connect_timeout) {
            return Err(ConfigError::new(
                ConfigErrorKind::InvalidBound,
                "timeout and connect_timeout must be from 1 ms to a minute; leave them out for \
                 500 ms and 1 s",
            ));
        }
        if !(1..=64).contains(&self.prefix.len()) {
            return Err(ConfigError::new(
                ConfigErrorKind::InvalidPrefix,
                "prefix must be 1 to 64 bytes; leave it out for `session:`",
            ));
        }
        Ok(())
    }
}

fn useless(message: &'static str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::UselessSetting, message)
}

/// Without the URL, which has the password, and without keys.
impl fmt::Debug for RedisBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisBuilder")
            .field("prefix", &self.prefix)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("tls", &self.tls)
            .field("replication", &self.replication)
            .field("max_lag", &self.max_lag)
            .finish_non_exhaustive()
    }
}
