use std::fmt;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use crate::{ConfigError, ConfigErrorKind};

/// Whom a connection over TLS trusts, and what it shows for itself.
#[derive(Clone, Default)]
pub(super) struct TlsSettings {
    /// PEM texts; the machine's authorities if there are none.
    pub(super) authorities: Vec<Vec<u8>>,
    pub(super) client: Option<ClientCertificate>,
}

/// PEM texts.
#[derive(Clone)]
pub(super) struct ClientCertificate {
    pub(super) chain: Vec<u8>,
    pub(super) key: Vec<u8>,
}

impl TlsSettings {
    pub(super) fn is_default(&self) -> bool {
        self.authorities.is_empty() && self.client.is_none()
    }

    /// What the process has installed as its cryptography does not matter.
    pub(super) fn connector(&self) -> Result<TlsConnector, ConfigError> {
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| invalid("the TLS library offers no version of TLS"))?
            .with_root_certificates(self.roots()?);
        let config = match &self.client {
            None => config.with_no_client_auth(),
            Some(client) => config
                .with_client_auth_cert(client.chain()?, client.key()?)
                .map_err(|_| invalid(CLIENT))?,
        };
        Ok(TlsConnector::from(Arc::new(config)))
    }

    fn roots(&self) -> Result<RootCertStore, ConfigError> {
        let mut roots = RootCertStore::empty();
        if self.authorities.is_empty() {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        for pem in &self.authorities {
            for certificate in certificates(pem, ROOT)? {
                roots.add(certificate).map_err(|_| invalid(ROOT))?;
            }
        }
        if roots.is_empty() {
            return Err(invalid(NO_ROOTS));
        }
        Ok(roots)
    }
}

/// A server over TLS is known by its host.
pub(super) fn check_host(host: &str) -> Result<(), ConfigError> {
    let name = ServerName::try_from(host).map(drop);
    name.map_err(|_| {
        ConfigError::new(
            ConfigErrorKind::InvalidUrl,
            "over TLS the URL's host must be a name or an address that a certificate can have",
        )
    })
}

impl ClientCertificate {
    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
        certificates(&self.chain, CLIENT)
    }

    fn key(&self) -> Result<PrivateKeyDer<'static>, ConfigError> {
        PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| invalid(CLIENT))
    }
}

/// All of them, and at least one.
fn certificates(
    pem: &[u8],
    otherwise: &'static str,
) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(invalid(otherwise)),
    }
}

fn invalid(message: &'static str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::InvalidCertificate, message)
}

const ROOT: &str = "root_certificate(..) takes the PEM text of certificate authorities: \
                    `-----BEGIN CERTIFICATE-----` and so on";
const CLIENT: &str = "client_certificate(..) takes two PEM texts, of a certificate with those \
                      that vouch for it, and of the private key that belongs to it";
const NO_ROOTS: &str = "this machine has no certificate authorities to check Redis with: install \
                        the package ca-certificates, or call root_certificate(..)";

/// Without the key.
impl fmt::Debug for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSettings")
            .field("authorities", &self.authorities.len())
            .field("client", &self.client.is_some())
            .finish()
    }
}
