use std::fs;
use std::path::Path;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::{Pool, Server};
use crate::{ConfigError, ConfigErrorKind};

/// What all SQL backends let one set.
#[derive(Clone, Copy, Debug)]
pub(in crate::backend) struct Settings {
    pub(in crate::backend) pool_size: usize,
    pub(in crate::backend) deadline: Duration,
}

impl Settings {
    /// The defaults, which the builders' documentation names.
    pub(in crate::backend) const DEFAULT: Self =
        Self { pool_size: 10, deadline: Duration::from_secs(2) };

    /// How long the server lets a statement take, or wait for a lock: less than the deadline, for
    /// what the server breaks off it has not done, and the connection is as good as before.
    pub(in crate::backend) fn limit(&self) -> Duration {
        self.deadline.mul_f64(0.75)
    }

    /// Checks them.
    pub(in crate::backend) fn pool<S: Server>(self, server: S) -> Result<Pool<S>, ConfigError> {
        if self.pool_size == 0 {
            let text = "a pool without connections serves nobody: give it a size of at least 1";
            return Err(ConfigError::new(ConfigErrorKind::InvalidBound, text));
        }
        if self.deadline < Duration::from_millis(1) {
            let text = "nothing is done within no time: give a deadline of a millisecond or more";
            return Err(ConfigError::new(ConfigErrorKind::InvalidBound, text));
        }
        Pool::new(server, self)
    }
}

/// The address of a server that can't be read. Nothing of it is told, for it has a password.
pub(in crate::backend) fn invalid_url(expected: &'static str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::InvalidUrl, expected)
}

/// The names of the parameters of a URL.
fn parameters(url: &str) -> impl Iterator<Item = &str> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let parameters = query.split('&').filter(|parameter| !parameter.is_empty());
    parameters.map(|parameter| parameter.split('=').next().unwrap_or_default())
}

/// Refuses what would have no effect: who misspells a parameter that asks for TLS has none.
pub(in crate::backend) fn check_parameters(
    url: &str,
    is_known: impl Fn(&str) -> bool,
) -> Result<(), ConfigError> {
    match parameters(url).find(|name| !is_known(name)) {
        None => Ok(()),
        Some(name) => {
            let text =
                format!("the URL has a parameter {name:?}, which is none that is known here");
            Err(ConfigError::new(ConfigErrorKind::InvalidUrl, text))
        }
    }
}

/// How far a URL asks for TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::backend) enum Tls {
    /// Not at all.
    Never,
    /// Without looking at who the server is.
    Unverified,
    /// With a certificate of an authority, whoever it is for.
    AnyName,
    /// With a certificate of an authority, for the host of the URL.
    Verified,
}

/// Refuses what looks safer than it is.
pub(in crate::backend) fn check_tls(
    tls: Tls,
    names_authority: bool,
    full: &'static str,
) -> Result<(), ConfigError> {
    let text = match tls {
        Tls::AnyName => {
            format!("a certificate of any authority for any host would do: ask for {full}")
        }
        Tls::Never | Tls::Unverified if names_authority => {
            format!("the URL names an authority, but not that it is to be asked: add {full}")
        }
        _ => return Ok(()),
    };
    Err(ConfigError::new(ConfigErrorKind::UselessSetting, text))
}

/// The certificates of authorities in a file.
pub(in crate::backend) fn authorities(path: &Path) -> Result<Vec<u8>, ConfigError> {
    let refuse = |text| ConfigError::new(ConfigErrorKind::InvalidCertificate, text);
    let pem = fs::read(path).map_err(|error| {
        refuse(format!("the file of certificates {} can't be read: {error}", path.display()))
    })?;
    match count(&pem) {
        Some(1..) => Ok(pem),
        _ => Err(refuse(format!("{} is no file of certificates in PEM", path.display()))),
    }
}

/// How many authorities there are, if all can be read.
fn count(pem: &[u8]) -> Option<usize> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        store.add(certificate.ok()?).ok()?;
    }
    Some(store.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_what_follows_the_question_mark() {
        let names: Vec<_> = parameters("mysql://u:p@h/d?ssl-mode=X&ssl-ca=/a=b&&c").collect();
        assert_eq!(names, ["ssl-mode", "ssl-ca", "c"]);
        assert_eq!(parameters("mysql://h/d").count(), 0);
    }
}
