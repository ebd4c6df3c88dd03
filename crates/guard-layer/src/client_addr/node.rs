use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address in a node identifier (RFC 7239 section 6), without its port. `unknown` and
/// obfuscated identifiers have none, nor has what is malformed.
pub(super) fn address(node: &str) -> Option<IpAddr> {
    match node.strip_prefix('[') {
        Some(rest) => ipv6(rest),
        None => ipv4(node),
    }
}

fn ipv6(rest: &str) -> Option<IpAddr> {
    let (ip, after) = rest.split_once(']')?;
    let ip = ip.parse::<Ipv6Addr>().ok()?;
    let valid = after.is_empty() || after.strip_prefix(':').is_some_and(is_port);
    valid.then_some(ip.into())
}

fn ipv4(node: &str) -> Option<IpAddr> {
    let (ip, port) = node.split_once(':').unwrap_or((node, "0"));
    let ip = ip.parse::<Ipv4Addr>().ok()?;
    is_port(port).then_some(ip.into())
}

fn is_port(port: &str) -> bool {
    match port.strip_prefix('_') {
        Some(obfuscated) => !obfuscated.is_empty() && obfuscated.bytes().all(is_obfuscated_byte),
        None => (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

fn is_obfuscated_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-".contains(&byte)
}
