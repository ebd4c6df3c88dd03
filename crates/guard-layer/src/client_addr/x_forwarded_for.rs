use auth_core::ClientAddr;
use http::{HeaderMap, HeaderName};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The hops that `X-Forwarded-For` names, from right to left.
pub(super) fn hops(headers: &HeaderMap) -> impl Iterator<Item = ClientAddr> {
    let lines = headers.get_all(X_FORWARDED_FOR).into_iter().rev();
    lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',')).map(hop)
}

/// No standard says what else than an address may stand here. A port in particular is not taken
/// off: `2001:db8::1:443` is another address, and a client chooses its port.
fn hop(element: &[u8]) -> ClientAddr {
    let address = str::from_utf8(element.trim_ascii()).ok();
    let ip = address.and_then(|address| address.parse().ok());
    ip.map_or(ClientAddr::UNKNOWN, ClientAddr::new)
}
