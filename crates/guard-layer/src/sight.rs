use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use auth_core::ClientAddr;
use http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue};

use crate::error::{ConfigError, ConfigErrorKind};
use crate::facts::{Facts, Place};

/// What a request shows of whoever sent it, kept for as long as it is served.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sight {
    address: Option<IpAddr>,
    user_agent: Option<HeaderValue>,
    brands: Option<HeaderValue>,
    platform: Option<HeaderValue>,
    accept_language: Option<HeaderValue>,
    tls_fingerprint: Option<HeaderValue>,
    /// Looked up when it is asked for, which of a guest it is not.
    place: OnceLock<Option<Place>>,
}

/// What is looked at beside the usual headers.
#[derive(Clone, Default)]
pub(crate) struct Watch {
    tls_fingerprint: Option<HeaderName>,
    places: Option<Arc<Places>>,
}

/// Where an address is.
pub(crate) type Places = dyn Fn(IpAddr) -> Option<Place> + Send + Sync;

impl Watch {
    pub(crate) fn new(
        tls_fingerprint: Option<&String>,
        places: Option<Arc<Places>>,
    ) -> Result<Self, ConfigError> {
        let header = tls_fingerprint.map(HeaderName::try_from).transpose();
        let header = header.map_err(|_| ConfigError::new(ConfigErrorKind::InvalidHeader))?;
        Ok(Self { tls_fingerprint: header, places })
    }

    /// What a request shows, looked at where it is.
    pub(crate) fn facts<'a>(&self, headers: &'a HeaderMap, client: ClientAddr) -> Facts<'a> {
        let header = |name: &HeaderName| text(headers.get(name));
        Facts {
            address: client.ip(),
            user_agent: header(&USER_AGENT),
            brands: header(&BRANDS),
            platform: header(&PLATFORM),
            accept_language: header(&ACCEPT_LANGUAGE),
            tls_fingerprint: self.tls_fingerprint.as_ref().and_then(header),
            place: client.ip().and_then(|address| self.place_of(address)),
            ..Facts::default()
        }
    }

    fn place_of(&self, address: IpAddr) -> Option<Place> {
        self.places.as_ref().and_then(|places| places(address))
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tls_fingerprint, places } = self;
        f.debug_struct("Watch")
            .field("tls_fingerprint", tls_fingerprint)
            .field("places", &places.is_some())
            .finish()
    }
}

/// Whose request it is, as far as a layer further out has found out.
pub(crate) fn client_of(extensions: &Extensions) -> ClientAddr {
    extensions.get::<ClientAddr>().copied().unwrap_or_default()
}

impl Sight {
    pub(crate) fn of(headers: &HeaderMap, client: ClientAddr, watch: &Watch) -> Self {
        let header = |name: &HeaderName| headers.get(name).cloned();
        Self {
            address: client.ip(),
            user_agent: header(&USER_AGENT),
            brands: header(&BRANDS),
            platform: header(&PLATFORM),
            accept_language: header(&ACCEPT_LANGUAGE),
            tls_fingerprint: watch.tls_fingerprint.as_ref().and_then(header),
            place: OnceLock::new(),
        }
    }

    pub(crate) fn facts(&self, watch: &Watch) -> Facts<'_> {
        Facts {
            address: self.address,
            user_agent: text(self.user_agent.as_ref()),
            brands: text(self.brands.as_ref()),
            platform: text(self.platform.as_ref()),
            accept_language: text(self.accept_language.as_ref()),
            tls_fingerprint: text(self.tls_fingerprint.as_ref()),
            place: self.place(watch),
            ..Facts::default()
        }
    }

    fn place(&self, watch: &Watch) -> Option<Place> {
        *self.place.get_or_init(|| self.address.and_then(|address| watch.place_of(address)))
    }
}

fn text(value: Option<&HeaderValue>) -> Option<&str> {
    value.and_then(|value| value.to_str().ok())
}

static BRANDS: HeaderName = HeaderName::from_static("sec-ch-ua");
static PLATFORM: HeaderName = HeaderName::from_static("sec-ch-ua-platform");
