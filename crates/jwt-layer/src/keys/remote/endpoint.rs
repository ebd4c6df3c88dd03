use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use http::Uri;

use crate::ConfigError;

/// A URL that keys may be asked from: `https`, or `http` to this machine. Its `Display` leaves
/// out the query.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Endpoint(Uri);

impl Endpoint {
    pub(super) fn parse(url: &str) -> Result<Self, ConfigError> {
        if url.contains('#') {
            return Err(ConfigError::new(
                "a URL of keys has no fragment; leave out `#` and the rest",
            ));
        }
        let uri: Uri = url.parse().map_err(|_| not_absolute())?;
        check_authority(&uri)?;
        check_scheme(&uri)?;
        Ok(Self(uri))
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.0
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    pub(super) fn has_query(&self) -> bool {
        self.0.query().is_some()
    }
}

fn check_authority(uri: &Uri) -> Result<(), ConfigError> {
    let authority = uri.authority().ok_or_else(not_absolute)?;
    if authority.as_str().contains('@') {
        return Err(ConfigError::new(
            "a URL of keys names no user and no password; public keys need none",
        ));
    }
    if authority.host().is_empty() {
        return Err(not_absolute());
    }
    let has_port = authority.as_str().len() > authority.host().len();
    if has_port && authority.port_u16().is_none_or(|port| port == 0) {
        return Err(ConfigError::new("the port in a URL of keys must be from 1 to 65535"));
    }
    Ok(())
}

fn check_scheme(uri: &Uri) -> Result<(), ConfigError> {
    match uri.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if uri.host().is_some_and(is_loopback) => Ok(()),
        None => Err(not_absolute()),
        _ => Err(ConfigError::new(
            "keys are fetched over https only, or over http from this machine itself (localhost, \
             127.0.0.0/8, [::1]): whoever can change them on their way can forge every token",
        )),
    }
}

fn not_absolute() -> ConfigError {
    ConfigError::new("a URL of keys must be absolute, like `https://HOST/PATH`")
}

fn is_loopback(host: &str) -> bool {
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match v6 {
        Some(v6) => v6.parse().is_ok_and(|address: Ipv6Addr| address.is_loopback()),
        None if host.eq_ignore_ascii_case("localhost") => true,
        None => host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback()),
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.scheme_str().unwrap_or_default();
        let authority = self.0.authority().map(|authority| authority.as_str()).unwrap_or_default();
        write!(f, "{scheme}://{authority}{}", self.0.path())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn accepted(url: &str) {
        assert!(Endpoint::parse(url).is_ok(), "{url}");
    }

    #[track_caller]
    fn refused(url: &str, because: &str) {
        let error = Endpoint::parse(url).expect_err(url).to_string();
        assert!(error.contains(because), "{url}: {error}");
    }

    #[test]
    fn https_goes_anywhere() {
        accepted("https://login.example/jwks");
        accepted("https://login.example");
        accepted("https://login.example:8443/jwks?version=2");
        accepted("https://[2001:db8::1]/jwks");
    }

    #[test]
    fn http_goes_to_this_machine_only() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8080", "127.9.9.9", "[::1]", "[::1]:8"]
        {
            accepted(&format!("http://{host}/jwks"));
        }
        for host in ["login.example", "10.0.0.1", "127.0.0.1.example", "localhost.example", "127.1"]
        {
            refused(&format!("http://{host}/jwks"), "https only");
        }
        refused("http://[::2]/jwks", "https only");
        refused("http://0.0.0.0/jwks", "https only");
    }

    #[test]
    fn other_schemes_are_refused() {
        refused("ftp://login.example/jwks", "https only");
        refused("file://localhost/etc/jwks", "https only");
    }

    #[test]
    fn what_is_no_absolute_url_is_refused() {
        for url in ["", "login.example", "/jwks", "https://", "https:///jwks", "https://a b/"] {
            refused(url, "must be absolute");
        }
    }

    #[test]
    fn user_fragment_and_odd_ports_are_refused() {
        refused("https://user:word@login.example/", "no user");
        refused("https://user@login.example/", "no user");
        refused("http://localhost@login.example/", "no user");
        refused("https://login.example/jwks#keys", "no fragment");
        refused("https://login.example:0/", "port");
        refused("https://login.example:99999/", "");
    }

    #[test]
    fn a_query_is_not_shown() {
        let endpoint = Endpoint::parse("https://login.example:8443/jwks?code=secret").unwrap();
        assert_eq!(endpoint.to_string(), "https://login.example:8443/jwks");
        assert_eq!(format!("{endpoint:?}"), "https://login.example:8443/jwks");
    }
}
