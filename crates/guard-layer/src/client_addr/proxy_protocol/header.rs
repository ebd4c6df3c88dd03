use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ppp::{v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt};

/// What the header says of where the connection comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// From this client.
    Client(SocketAddr),
    /// From the proxy itself, as for its health checks.
    Proxy,
    /// From nobody who has an address, or from somebody whose address is not known.
    Unknown,
}

/// Why there is no header.
#[derive(Debug)]
pub(super) enum HeaderError {
    /// The connection ended, or failed, before the header did.
    Ended(io::Error),
    /// What came is no header, or one that is too long.
    Malformed,
}

/// Shorter than the shortest header, and enough to tell the versions apart.
const BEGINNING: usize = v2::PROTOCOL_PREFIX.len();

/// The longest line of version 1, with its end.
const LONGEST_LINE: usize = 107;

/// The longest content of version 2 that is taken: addresses, and what a proxy adds to them, such
/// as a client certificate's name. The protocol would allow 64 KiB.
const LONGEST_CONTENT: u16 = 4096;

impl Source {
    /// The client, if the connection is from `proxy`. Without an address it is unspecified, which no
    /// peer ever is.
    pub(super) fn client(self, proxy: SocketAddr) -> SocketAddr {
        match self {
            Self::Client(client) => client,
            Self::Proxy => proxy,
            Self::Unknown => SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0),
        }
    }
}

impl From<io::Error> for HeaderError {
    fn from(error: io::Error) -> Self {
        Self::Ended(error)
    }
}

/// Takes the header off the connection, and nothing of what follows.
pub(super) async fn take(connection: &mut (impl AsyncRead + Unpin)) -> Result<Source, HeaderError> {
    let mut header = vec![0; BEGINNING];
    connection.read_exact(&mut header).await?;
    if header == v2::PROTOCOL_PREFIX {
        return take_binary(connection, header).await;
    }
    if header.starts_with(v1::PROTOCOL_PREFIX.as_bytes()) {
        return take_line(connection, header).await;
    }
    Err(HeaderError::Malformed)
}

/// Byte by byte: how long the line is, only its end says.
async fn take_line(
    connection: &mut (impl AsyncRead + Unpin),
    mut line: Vec<u8>,
) -> Result<Source, HeaderError> {
    while line.last() != Some(&b'\n') {
        if line.len() == LONGEST_LINE {
            return Err(HeaderError::Malformed);
        }
        line.push(connection.read_u8().await?);
    }
    of_line(&line).ok_or(HeaderError::Malformed)
}

async fn take_binary(
    connection: &mut (impl AsyncRead + Unpin),
    mut header: Vec<u8>,
) -> Result<Source, HeaderError> {
    let mut fixed = [0; 4];
    connection.read_exact(&mut fixed).await?;
    let [_, _, high, low] = fixed;
    let length = u16::from_be_bytes([high, low]);
    if length > LONGEST_CONTENT {
        return Err(HeaderError::Malformed);
    }
    header.extend(fixed);
    let mut content = vec![0; length.into()];
    connection.read_exact(&mut content).await?;
    header.extend(content);
    of_binary(&header).ok_or(HeaderError::Malformed)
}

/// The parser ends at the first carriage return, wherever that is.
fn of_line(line: &[u8]) -> Option<Source> {
    let header = v1::Header::try_from(line).ok().filter(|header| header.header.len() == line.len());
    Some(match header?.addresses {
        v1::Addresses::Tcp4(from) => client(from.source_address, from.source_port),
        v1::Addresses::Tcp6(from) => client(from.source_address, from.source_port),
        v1::Addresses::Unknown => Source::Unknown,
    })
}

fn of_binary(header: &[u8]) -> Option<Source> {
    let header = v2::Header::try_from(header).ok()?;
    Some(match (header.command, header.protocol, header.addresses) {
        (v2::Command::Local, ..) => Source::Proxy,
        (_, v2::Protocol::Stream, v2::Addresses::IPv4(from)) => {
            client(from.source_address, from.source_port)
        }
        (_, v2::Protocol::Stream, v2::Addresses::IPv6(from)) => {
            client(from.source_address, from.source_port)
        }
        _ => Source::Unknown,
    })
}

fn client(ip: impl Into<IpAddr>, port: u16) -> Source {
    Source::Client(SocketAddr::new(ip.into(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outcome, and what is left on the connection.
    async fn taken(mut sent: &[u8]) -> (Result<Source, HeaderError>, Vec<u8>) {
        let source = take(&mut sent).await;
        (source, sent.to_vec())
    }

    #[track_caller]
    fn expect(sent: &[u8]) -> Result<Source, HeaderError> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (source, left) = runtime.block_on(taken(&[sent, b"GET /"].concat()));
        if source.is_ok() {
            assert_eq!(left, b"GET /", "{sent:?}");
        }
        source
    }

    #[track_caller]
    fn is(sent: &[u8], expected: &str) {
        assert_eq!(expect(sent).unwrap(), Source::Client(expected.parse().unwrap()), "{sent:?}");
    }

    #[track_caller]
    fn malformed(sent: &[u8]) {
        assert!(matches!(expect(sent), Err(HeaderError::Malformed)), "{sent:?}");
    }

    /// A header of version 2: version and command, family and protocol, content.
    fn binary(command: u8, family: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [v2::PROTOCOL_PREFIX, &[command, family], &length, content].concat()
    }

    const IPV4: [u8; 12] = [192, 0, 2, 1, 10, 0, 0, 1, 0x1f, 0x90, 0, 80];

    fn ipv6() -> Vec<u8> {
        let [client, proxy] =
            ["2001:db8::1", "fd00::1"].map(|ip| ip.parse::<std::net::Ipv6Addr>().unwrap().octets());
        [client.as_slice(), &proxy, &[0x1f, 0x90, 0, 80]].concat()
    }

    #[test]
    fn a_line_names_the_client() {
        is(b"PROXY TCP4 192.0.2.1 10.0.0.1 8080 80\r\n", "192.0.2.1:8080");
        is(b"PROXY TCP6 2001:db8::1 fd00::1 8080 80\r\n", "[2001:db8::1]:8080");
        is(b"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535");
    }

    #[test]
    fn a_line_may_name_nobody() {
        let longest = "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
        assert_eq!(longest.len(), LONGEST_LINE);
        for line in ["PROXY UNKNOWN\r\n", longest] {
            assert_eq!(expect(line.as_bytes()).unwrap(), Source::Unknown, "{line}");
        }
    }

    #[test]
    fn a_line_that_is_none_is_malformed() {
        for line in [
            "PROXY TCP4 192.0.2.1 10.0.0.1 8080 80\n",
            "PROXY TCP4 192.0.2.1 10.0.0.1 8080\r\n",
            "PROXY TCP4 192.0.2.1 10.0.0.1 8080 80 1\r\n",
            "PROXY TCP4 192.0.2.1 10.0.0.1 8080 80\r \r\n",
            "PROXY TCP4 192.0.2.1 10.0.0.1 8080 65536\r\n",
            "PROXY TCP4 192.0.2.1 10.0.0.1 08080 80\r\n",
            "PROXY TCP4 192.0.2.256 10.0.0.1 8080 80\r\n",
            "PROXY TCP4 2001:db8::1 fd00::1 8080 80\r\n",
            "PROXY TCP6 192.0.2.1 10.0.0.1 8080 80\r\n",
            "PROXY  TCP4 192.0.2.1 10.0.0.1 8080 80\r\n",
            "PROXY tcp4 192.0.2.1 10.0.0.1 8080 80\r\n",
            "PROXY UDP4 192.0.2.1 10.0.0.1 8080 80\r\n",
            "PROXY \r\nUNKNOWN\r\n",
            "PROXYUNKNOWN\r\n",
            "proxy UNKNOWN\r\n",
            " PROXY UNKNOWN\r\n",
            "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
            "\u{e9}PROXY UNKNOWN\r\n",
        ] {
            malformed(line.as_bytes());
        }
    }

    #[test]
    fn a_line_that_does_not_end_in_time_is_malformed() {
        malformed(format!("PROXY UNKNOWN {}\r\n", "x".repeat(LONGEST_LINE)).as_bytes());
    }

    #[test]
    fn a_binary_header_names_the_client() {
        is(&binary(0x21, 0x11, &IPV4), "192.0.2.1:8080");
        is(&binary(0x21, 0x21, &ipv6()), "[2001:db8::1]:8080");
    }

    #[test]
    fn what_follows_the_addresses_is_passed_over() {
        let authority = b"\x02\x00\x07example".as_slice();
        is(&binary(0x21, 0x11, &[&IPV4, authority].concat()), "192.0.2.1:8080");
        let longest = usize::from(LONGEST_CONTENT) - IPV4.len();
        is(&binary(0x21, 0x11, &[IPV4.as_slice(), &vec![4; longest]].concat()), "192.0.2.1:8080");
    }

    #[test]
    fn a_connection_of_the_proxy_is_of_the_proxy() {
        for header in [binary(0x20, 0x00, &[]), binary(0x20, 0x11, &IPV4)] {
            assert_eq!(expect(&header).unwrap(), Source::Proxy);
        }
    }

    #[test]
    fn a_binary_header_may_name_nobody() {
        let unix = binary(0x21, 0x31, &[b'/'; 216]);
        let datagram = binary(0x21, 0x12, &IPV4);
        for header in [binary(0x21, 0x00, &[]), binary(0x21, 0x00, &[1, 2, 3]), unix, datagram] {
            assert_eq!(expect(&header).unwrap(), Source::Unknown);
        }
    }

    #[test]
    fn a_binary_header_that_is_none_is_malformed() {
        malformed(&binary(0x11, 0x11, &IPV4));
        malformed(&binary(0x22, 0x11, &IPV4));
        malformed(&binary(0x21, 0x41, &IPV4));
        malformed(&binary(0x21, 0x13, &IPV4));
        malformed(&binary(0x21, 0x21, &IPV4));
        malformed(&binary(0x21, 0x11, &[]));
        malformed(&binary(0x21, 0x11, &vec![4; usize::from(LONGEST_CONTENT) + 1]));
    }

    #[test]
    fn a_header_that_is_cut_off_anywhere_is_none() {
        let line = b"PROXY TCP4 192.0.2.1 10.0.0.1 8080 80\r\n".to_vec();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for header in [line, binary(0x21, 0x11, &IPV4)] {
            for end in 0..header.len() {
                let (source, _) = runtime.block_on(taken(&header[..end]));
                assert!(matches!(source, Err(HeaderError::Ended(_))), "{end} of {header:?}");
            }
        }
    }

    #[test]
    fn who_has_no_address_is_unspecified() {
        let proxy = "10.0.0.1:1".parse().unwrap();
        assert!(Source::Unknown.client(proxy).ip().is_unspecified());
        assert_eq!(Source::Proxy.client(proxy), proxy);
    }
}
