use auth_core::{ClientAddr, TargetOrigin};
use http::{HeaderMap, Uri};

use super::config::{Header, Source};
use super::trust::Trust;
use super::{forwarded, origin, x_forwarded_for, x_forwarded_target};

/// Where a request comes from, and to where its client has sent it.
pub(super) fn ends(
    peer: ClientAddr,
    source: &Source,
    uri: &Uri,
    headers: &HeaderMap,
) -> (ClientAddr, TargetOrigin) {
    let (client, (scheme, host)) = match source {
        Source::Peer => (peer, (None, None)),
        Source::Proxies { trust, header } => through_proxies(peer, trust, *header, headers),
    };
    let host = host.or_else(|| origin::own_host(uri, headers));
    (client, TargetOrigin::new(scheme, host))
}

fn through_proxies(
    peer: ClientAddr,
    trust: &Trust,
    header: Header,
    headers: &HeaderMap,
) -> (ClientAddr, origin::Said) {
    let (client, crossed) = match header {
        Header::XForwardedFor => walk(peer, trust, x_forwarded_for::hops(headers)),
        Header::Forwarded => walk(peer, trust, forwarded::hops(headers)),
    };
    // A proxy that names no hop may still say how it was asked.
    let said = match (trust.covers(peer, 0), header) {
        (false, _) => (None, None),
        (true, Header::XForwardedFor) => x_forwarded_target::target(headers, crossed.max(1)),
        (true, Header::Forwarded) => forwarded::target(headers, crossed),
    };
    (client, said)
}

/// Each hop was named by the one before it, so it is believed only while that one is trusted. The
/// client, and how many hops it is away from the peer.
fn walk(
    peer: ClientAddr,
    trust: &Trust,
    mut hops: impl Iterator<Item = ClientAddr>,
) -> (ClientAddr, usize) {
    let mut client = peer;
    let mut crossed = 0;
    while trust.covers(client, crossed) {
        let Some(hop) = hops.next() else { break };
        client = hop;
        crossed += 1;
    }
    (client, crossed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(peer: &str, hops: &[&str], trusted_hops: usize) -> String {
        let mut hops = hops.iter().map(|hop| ClientAddr::new(hop.parse().unwrap()));
        let peer = ClientAddr::new(peer.parse().unwrap());
        walk(peer, &Trust::Hops(trusted_hops), &mut hops).0.to_string()
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
        assert_eq!(walk(peer, &Trust::Networks(Vec::new()), unread), (peer, 0));
    }
}
