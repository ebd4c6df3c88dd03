/// Where a server is that a [`Backend`](super::Backend) asks: a host and a port, or the path of a Unix
/// socket. It has no user and no password.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerAddress {
    host: String,
    port: Option<u16>,
}

impl ServerAddress {
    /// A name, or an IP address, and a port. The brackets of an IPv6 address are left out.
    pub fn tcp(host: &str, port: u16) -> Self {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        Self { host: bare.unwrap_or(host).to_owned(), port: Some(port) }
    }

    /// A Unix socket.
    pub fn socket(path: impl Into<String>) -> Self {
        Self { host: path.into(), port: None }
    }

    /// The name or the IP address, or the path of the socket.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port; a Unix socket has none.
    pub fn port(&self) -> Option<u16> {
        self.port
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_has_no_brackets() {
        for host in ["[::1]", "::1"] {
            assert_eq!(ServerAddress::tcp(host, 6379).host(), "::1");
        }
    }
}
