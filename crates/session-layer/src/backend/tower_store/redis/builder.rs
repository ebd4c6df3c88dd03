use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tower_sessions_redis_store::fred::types::config::{Config, TlsConnector};

use super::TowerRedis;
use crate::backend::tower_store::builder::{TIMEOUT, check_timeout};
use crate::{ConfigError, ConfigErrorKind};

/// Configures a [`TowerRedis`], from [`TowerRedis::builder`].
#[derive(Clone)]
#[must_use]
pub struct TowerRedisBuilder {
    url: String,
    timeout: Duration,
    connect_timeout: Duration,
    authorities: Vec<Vec<u8>>,
}

impl TowerRedisBuilder {
    pub(super) fn new(url: String) -> Self {
        let connect_timeout = Duration::from_secs(1);
        Self { url, timeout: TIMEOUT, connect_timeout, authorities: Vec::new() }
    }

    /// How long any verb may take in all, 500 ms by default, at most a minute. Longer for a Redis
    /// that is far away, for some verbs need several round trips.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// How long an attempt to connect may take, 1 s by default, at most a minute.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = time;
        self
    }

    /// Trusts a Redis whose certificate these authorities vouch for (PEM text of one or more), and
    /// no other: the machine's own authorities, which are the default, then have no say. Called
    /// again, it adds some. For a Redis with a private certificate authority.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.authorities.push(pem.into());
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// The URL is not one of a Redis; a timeout is below 1 ms or above a minute; there is a
    /// certificate that can't be read, or no authority to check Redis with, or a certificate
    /// without TLS.
    pub fn build(self) -> Result<TowerRedis, ConfigError> {
        check_timeout("timeout", self.timeout)?;
        check_timeout("connect_timeout", self.connect_timeout)?;
        let (scheme, rest) = self.url.split_once("://").ok_or_else(invalid_url)?;
        // As fred would make it, the TLS would take the cryptography that the process has installed.
        let plain = format!("redis://{rest}");
        let config = Config::from_url_centralized(&plain).map_err(|_| invalid_url())?;
        let tls = match scheme.strip_prefix("tower+").unwrap_or(scheme) {
            "redis" if self.authorities.is_empty() => None,
            "redis" => return Err(ConfigError::new(ConfigErrorKind::UselessSetting, NO_TLS)),
            "rediss" => Some(TlsConnector::from(self.tls()?).into()),
            _ => return Err(invalid_url()),
        };
        let Self { timeout, connect_timeout, .. } = self;
        Ok(TowerRedis { config: Config { tls, ..config }, timeout, connect_timeout })
    }

    fn tls(&self) -> Result<ClientConfig, ConfigError> {
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| invalid_certificate("the TLS library offers no version of TLS"))?;
        Ok(config.with_root_certificates(self.roots()?).with_no_client_auth())
    }

    fn roots(&self) -> Result<RootCertStore, ConfigError> {
        let mut roots = RootCertStore::empty();
        if self.authorities.is_empty() {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        for pem in &self.authorities {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let added = certificate.ok().and_then(|certificate| roots.add(certificate).ok());
                added.ok_or_else(|| invalid_certificate(ROOT))?;
            }
        }
        if roots.is_empty() {
            return Err(invalid_certificate(ROOT));
        }
        Ok(roots)
    }
}

/// Without the URL, which has the password.
fn invalid_url() -> ConfigError {
    let form = "give it as tower+redis://host, or tower+rediss://user:password@host:6379/0 for TLS, \
                a login and a database; characters such as @ and / in a password are written as \
                %40 and %2F";
    ConfigError::new(ConfigErrorKind::InvalidUrl, form)
}

fn invalid_certificate(message: &'static str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::InvalidCertificate, message)
}

const NO_TLS: &str = "certificates need TLS: write the URL as tower+rediss://host";
const ROOT: &str = "there is no authority to check Redis with: root_certificate(..) takes the PEM \
                    text of certificate authorities, and without it the machine's are taken, which \
                    are in the package ca-certificates";

/// Without the URL, which has the password.
impl fmt::Debug for TowerRedisBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerRedisBuilder")
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("authorities", &self.authorities.len())
            .finish_non_exhaustive()
    }
}
