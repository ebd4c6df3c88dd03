use auth_core::ClientAddr;
use http::HeaderMap;
use http::header::FORWARDED;

use super::origin::{self, Said};
use super::{list, node};

/// The hops that `Forwarded` (RFC 7239) names, from right to left.
pub(super) fn hops(headers: &HeaderMap) -> impl Iterator<Item = ClientAddr> {
    let lines = headers.get_all(FORWARDED).into_iter().rev();
    lines.flat_map(|line| list::split_from_right(line.as_bytes(), b',')).map(hop)
}

/// What the proxy of a hop says of its client's request: the scheme, and the host.
pub(super) fn target(headers: &HeaderMap, hop: usize) -> Said {
    let lines = headers.get_all(FORWARDED).into_iter().rev();
    let elements = lines.flat_map(|line| list::split_from_right(line.as_bytes(), b','));
    let Some(element) = elements.take(hop).last() else { return (None, None) };
    let said = |name: &[u8]| parameter(element, name);
    let scheme = said(b"proto").and_then(|scheme| origin::scheme(&scheme));
    (scheme, said(b"host").and_then(|host| origin::host(&host)))
}

fn hop(element: &[u8]) -> ClientAddr {
    let node = parameter(element, b"for").and_then(|node| String::from_utf8(node).ok());
    let ip = node.and_then(|node| node::address(&node));
    ip.map_or(ClientAddr::UNKNOWN, ClientAddr::new)
}

/// The value of a parameter; none where the element is not well-formed or does not name it once
/// (RFC 7239 section 4).
fn parameter(element: &[u8], wanted: &[u8]) -> Option<Vec<u8>> {
    let pairs = list::split_from_right(element, b';').map(<[u8]>::trim_ascii);
    let mut found = None;
    for pair in pairs.filter(|pair| !pair.is_empty()) {
        let (name, value) = parse_pair(pair)?;
        if name.eq_ignore_ascii_case(wanted) && found.replace(value).is_some() {
            return None;
        }
    }
    found
}

fn parse_pair(pair: &[u8]) -> Option<(&[u8], Vec<u8>)> {
    let mut sides = pair.splitn(2, |byte| *byte == b'=');
    let name = token(sides.next()?)?;
    let value = sides.next()?;
    let value = unquote(value).or_else(|| token(value).map(<[u8]>::to_vec))?;
    Some((name, value))
}

/// RFC 9110 section 5.6.2.
fn token(bytes: &[u8]) -> Option<&[u8]> {
    let is_token = !bytes.is_empty() && bytes.iter().all(|byte| is_token_byte(*byte));
    is_token.then_some(bytes)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// RFC 9110 section 5.6.4.
fn unquote(quoted: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = quoted.strip_prefix(b"\"")?.strip_suffix(b"\"")?.iter();
    let mut text = Vec::with_capacity(bytes.len());
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return None,
            b'\\' => text.push(*bytes.next()?),
            _ => text.push(*byte),
        }
    }
    Some(text)
}
