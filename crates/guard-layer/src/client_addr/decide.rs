use auth_core::ClientAddr;
use http::HeaderMap;

use super::config::{Header, Source};
use super::trust::Trust;
use super::{forwarded, x_forwarded_for};

/// The address that a request comes from.
pub(super) fn client_addr(peer: ClientAddr, source: &Source, headers: &HeaderMap) -> ClientAddr {
    match source {
        Source::Peer => peer,
        Source::Proxies { trust, header: Header::XForwardedFor } => {
            walk(peer, trust, x_forwarded_for::hops(headers))
        }
        Source::Proxies { trust, header: Header::Forwarded } => {
            walk(peer, trust, forwarded::hops(headers))
        }
    }
}

/// Each hop was named by the one before it, so it is believed only while that one is trusted.
fn walk(peer: ClientAddr, trust: &Trust, mut hops: impl Iterator<Item = ClientAddr>) -> ClientAddr {
    let mut client = peer;
    let mut crossed = 0;
    while trust.covers(client, crossed) {
        let Some(hop) = hops.next() else { break };
        client = hop;
        crossed += 1;
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(peer: &str, hops: &[&str], trusted_hops: usize) -> String {
        let mut hops = hops.iter().map(|hop| ClientAddr::new(hop.parse().unwrap()));
        let peer = ClientAddr::new(peer.parse().unwrap());
        walk(peer, &Trust::Hops(trusted_hops), &mut hops).to_string()
    }

    #[test]
    fn the_walk_ends_at_the_first_hop_that_is_not_trusted() {
        assert_eq!(walked("10.0.0.1", &["10.0.0.2", "192.0.2.1", "9.9.9.9"], 2), "192.0.2.1");
    }

    #[test]
    fn the_walk_ends_where_the_hops_do() {
        assert_eq!(walked("10.0.0.1", &["10.0.0.2"], 5), "10.0.0.2");
    }

    #[test]
    fn no_hop_is_read_when_the_peer_is_not_trusted() {
        let unread = std::iter::once_with(|| panic!("a hop was read"));
        let peer = ClientAddr::new("192.0.2.1".parse().unwrap());
        assert_eq!(walk(peer, &Trust::Networks(Vec::new()), unread), peer);
    }
}
