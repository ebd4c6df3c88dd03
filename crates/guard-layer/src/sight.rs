use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use auth_core::ClientAddr;
use http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue};

use crate::facts::{Facts, Place};

/// What a request shows of whoever sent it, kept for as long as it is served.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    address: Option<IpAddr>,
    headers: [Option<HeaderValue>; 5],
    /// Looked up when it is asked for, which of a guest it is not.
    place: OnceLock<Option<Place>>,
}

/// What is looked at beside the usual headers.
#[derive(Clone, Default)]
pub(crate) struct Watch {
    pub(crate) tls_fingerprint: Option<HeaderName>,
    pub(crate) places: Option<Arc<Places>>,
}

/// Where an address is.
pub(crate) type Places = dyn Fn(IpAddr) -> Option<Place> + Send + Sync;

impl Watch {
    /// What a request shows, looked at where it is.
    pub(crate) fn facts<'a>(&self, headers: &'a HeaderMap, client: ClientAddr) -> Facts<'a> {
        facts(client.ip(), self.headers(headers), self.place_of(client.ip()))
    }

    /// Those that are looked at, in the order that [`facts`] has them in.
    fn headers<'a>(&self, headers: &'a HeaderMap) -> [Option<&'a HeaderValue>; 5] {
        let [agent, language] = [USER_AGENT, ACCEPT_LANGUAGE].map(|name| headers.get(name));
        let [brands, platform] = [&BRANDS, &PLATFORM].map(|name| headers.get(name));
        let print = self.tls_fingerprint.as_ref().and_then(|name| headers.get(name));
        [agent, brands, platform, language, print]
    }

    fn place_of(&self, address: Option<IpAddr>) -> Option<Place> {
        self.places.as_ref().zip(address).and_then(|(places, address)| places(address))
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
        let headers = watch.headers(headers).map(Option::<&_>::cloned);
        Self { address: client.ip(), headers, place: OnceLock::new() }
    }

    pub(crate) fn facts(&self, watch: &Watch) -> Facts<'_> {
        let place = self.place.get_or_init(|| watch.place_of(self.address));
        facts(self.address, self.headers.each_ref().map(Option::as_ref), *place)
    }
}

fn facts<'a>(
    address: Option<IpAddr>,
    headers: [Option<&'a HeaderValue>; 5],
    place: Option<Place>,
) -> Facts<'a> {
    let texts = headers.map(|value| value.and_then(|value| value.to_str().ok()));
    let [user_agent, brands, platform, accept_language, tls_fingerprint] = texts;
    Facts {
        address,
        user_agent,
        brands,
        platform,
        accept_language,
        tls_fingerprint,
        place,
        ..Facts::default()
    }
}

static BRANDS: HeaderName = HeaderName::from_static("sec-ch-ua");
static PLATFORM: HeaderName = HeaderName::from_static("sec-ch-ua-platform");
