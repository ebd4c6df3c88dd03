use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;

use axum_core::extract::FromRequestParts;
use http::request::Parts;

/// The address of the client that the request came from, as far as it can be known.
///
/// A layer that knows which proxies to trust puts it into the request's extensions. "No address"
/// is a value of its own: a proxy may say `unknown`, and without such a layer nobody knows.
/// IPv4-mapped IPv6 addresses (RFC 4291 section 2.5.5.2) are held as IPv4, so that one client has
/// one address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClientAddr(Option<IpAddr>);

impl ClientAddr {
    /// The client could not be told.
    pub const UNKNOWN: Self = Self(None);

    /// A known address.
    pub fn new(ip: IpAddr) -> Self {
        Self(Some(ip.to_canonical()))
    }

    /// The address, or none where it is not known.
    pub fn ip(self) -> Option<IpAddr> {
        self.0
    }
}

impl fmt::Display for ClientAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(ip) => ip.fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddr {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv4_mapped_address_is_the_ipv4_address() {
        let mapped = ClientAddr::new("::ffff:192.0.2.1".parse().unwrap());
        assert_eq!(mapped, ClientAddr::new("192.0.2.1".parse().unwrap()));
    }

    #[test]
    fn no_address_is_shown_as_unknown() {
        assert_eq!(ClientAddr::UNKNOWN.to_string(), "unknown");
    }
}
