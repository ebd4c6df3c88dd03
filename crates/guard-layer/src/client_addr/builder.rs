use super::config::{Header, Source};
use super::layer::ClientAddrLayer;
use super::network;
use super::trust::Trust;
use crate::error::{ConfigError, ConfigErrorKind};

/// Builds a [`ClientAddrLayer`] for a server behind proxies.
///
/// Say which proxies are trusted, by [`trusted_proxies`](Self::trusted_proxies) or else by
/// [`trusted_hops`](Self::trusted_hops), and which header they write.
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientAddrBuilder {
    proxies: Option<Vec<String>>,
    hops: Option<usize>,
    x_forwarded_for: bool,
    forwarded: bool,
}

impl ClientAddrBuilder {
    /// Trusts the proxies with these addresses, or in these networks.
    ///
    /// An item is whatever is written like `10.0.0.1`, `10.0.0.0/8` or `fd00::/8`: a string, an
    /// [`IpAddr`](std::net::IpAddr), a network of a crate of your choice. Called again, it adds.
    ///
    /// Use it where the proxies' addresses are known. Name only networks in which nobody but your
    /// proxies can open a connection to this server, or to another proxy of the list: whoever can
    /// is able to forge an address.
    pub fn trusted_proxies<I>(mut self, proxies: I) -> Self
    where
        I: IntoIterator,
        I::Item: ToString,
    {
        let proxies = proxies.into_iter().map(|proxy| proxy.to_string());
        self.proxies.get_or_insert_default().extend(proxies);
        self
    }

    /// Trusts this many proxies, counted from this server: 1 trusts the peer, 2 also the proxy
    /// that the peer had the request from.
    ///
    /// Use it where the proxies' addresses change, but every request passes through the same
    /// number of them. A client that gets around one of them can forge its address, so this
    /// server must not be reachable but through the proxies.
    pub fn trusted_hops(mut self, hops: usize) -> Self {
        self.hops = Some(hops);
        self
    }

    /// Reads `X-Forwarded-For`, and never `Forwarded`. This is the default.
    pub fn x_forwarded_for(mut self) -> Self {
        self.x_forwarded_for = true;
        self
    }

    /// Reads `Forwarded` (RFC 7239), and never `X-Forwarded-For`.
    ///
    /// Use it only where the proxies write it: most pass on what a client has put there.
    pub fn forwarded(mut self) -> Self {
        self.forwarded = true;
        self
    }

    /// Checks the configuration, so that no request meets a bad one.
    ///
    /// # Errors
    ///
    /// No proxy is trusted, or every address, or both by network and by count; a network is
    /// malformed or has bits set to the right of its prefix; both headers are chosen.
    pub fn build(self) -> Result<ClientAddrLayer, ConfigError> {
        let (trust, header) = (self.trust()?, self.header()?);
        Ok(ClientAddrLayer::new(Source::Proxies { trust, header }))
    }

    fn trust(&self) -> Result<Trust, ConfigError> {
        match (self.proxies.as_deref(), self.hops) {
            (None | Some([]), None) => Err(ConfigError::new(ConfigErrorKind::NoTrustedProxy)),
            (None, Some(0)) => Err(ConfigError::new(ConfigErrorKind::NoTrustedHop)),
            (None, Some(hops)) => Ok(Trust::Hops(hops)),
            (Some(_), Some(_)) => Err(ConfigError::new(ConfigErrorKind::NetworksAndHops)),
            (Some(proxies), None) => trust_networks(proxies),
        }
    }

    fn header(&self) -> Result<Header, ConfigError> {
        match (self.x_forwarded_for, self.forwarded) {
            (true, true) => Err(ConfigError::new(ConfigErrorKind::TwoHeaders)),
            (false, true) => Ok(Header::Forwarded),
            (_, false) => Ok(Header::XForwardedFor),
        }
    }
}

fn trust_networks(proxies: &[String]) -> Result<Trust, ConfigError> {
    let networks: Result<_, _> = proxies.iter().map(|proxy| network::parse(proxy)).collect();
    networks.map(Trust::Networks)
}
