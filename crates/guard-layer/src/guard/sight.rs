use std::net::IpAddr;
use std::sync::OnceLock;

use auth_core::ClientAddr;
use http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use http::{HeaderName, HeaderValue, Request};

use super::config::Config;
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

impl Sight {
    pub(crate) fn of<B>(request: &Request<B>, config: &Config) -> Self {
        let header = |name: &HeaderName| request.headers().get(name).cloned();
        let client = request.extensions().get::<ClientAddr>().copied().unwrap_or_default();
        Self {
            address: client.ip(),
            user_agent: header(&USER_AGENT),
            brands: header(&BRANDS),
            platform: header(&PLATFORM),
            accept_language: header(&ACCEPT_LANGUAGE),
            tls_fingerprint: config.tls_fingerprint.as_ref().and_then(header),
            place: OnceLock::new(),
        }
    }

    pub(crate) fn facts(&self, config: &Config) -> Facts<'_> {
        Facts {
            address: self.address,
            user_agent: text(&self.user_agent),
            brands: text(&self.brands),
            platform: text(&self.platform),
            accept_language: text(&self.accept_language),
            tls_fingerprint: text(&self.tls_fingerprint),
            place: self.place(config),
            ..Facts::default()
        }
    }

    fn place(&self, config: &Config) -> Option<Place> {
        *self.place.get_or_init(|| self.address.and_then(|address| config.place_of(address)))
    }
}

fn text(value: &Option<HeaderValue>) -> Option<&str> {
    value.as_ref().and_then(|value| value.to_str().ok())
}

static BRANDS: HeaderName = HeaderName::from_static("sec-ch-ua");
static PLATFORM: HeaderName = HeaderName::from_static("sec-ch-ua-platform");
