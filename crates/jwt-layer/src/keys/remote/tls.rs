use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::ConfigError;

/// Whom a connection trusts: the authorities in these PEM texts, or the machine's if there is
/// none.
pub(super) fn client_config(authorities: &[Vec<u8>]) -> Result<ClientConfig, ConfigError> {
    let roots = match authorities {
        [] => of_the_machine(),
        authorities => given(authorities)?,
    };
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| ConfigError::new("the TLS library offers no version of TLS"))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Whether there is any authority to vouch for a server.
pub(super) fn check_authorities(authorities: &[Vec<u8>]) -> Result<(), ConfigError> {
    if authorities.is_empty() && of_the_machine().is_empty() {
        return Err(ConfigError::new(
            "this machine has no certificate authorities to check an https server with: install \
             the package ca-certificates, or call root_certificate(..)",
        ));
    }
    Ok(())
}

fn of_the_machine() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn given(authorities: &[Vec<u8>]) -> Result<RootCertStore, ConfigError> {
    let mut roots = RootCertStore::empty();
    for pem in authorities {
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let added = certificate.ok().and_then(|certificate| roots.add(certificate).ok());
            added.ok_or_else(no_certificate)?;
        }
        if roots.len() == before {
            return Err(no_certificate());
        }
    }
    Ok(roots)
}

fn no_certificate() -> ConfigError {
    ConfigError::new(
        "root_certificate(..) takes the PEM text of certificate authorities: \
         `-----BEGIN CERTIFICATE-----` and so on",
    )
}
