use std::net::IpAddr;

use guard_layer::ClientAddrLayer;

use crate::check::check;

#[track_caller]
fn behind(network: &str, peer: &str, expected: &str) {
    let layer = ClientAddrLayer::builder().trusted_proxies([network]).build().unwrap();
    check(&layer, peer, &["X-Forwarded-For: 192.0.2.1"], expected);
}

#[track_caller]
fn behind_hops(hops: usize, list: &str, expected: &str) {
    let layer = ClientAddrLayer::builder().trusted_hops(hops).build().unwrap();
    let line = format!("X-Forwarded-For: {list}");
    check(&layer, "203.0.113.9", &[&line], expected);
}

#[test]
fn a_network_ends_where_its_prefix_says() {
    behind("10.0.0.0/30", "10.0.0.3", "192.0.2.1");
    behind("10.0.0.0/30", "10.0.0.4", "10.0.0.4");
    behind("fd00::/127", "fd00::1", "192.0.2.1");
    behind("fd00::/127", "fd00::2", "fd00::2");
}

#[test]
fn a_single_address_may_be_trusted() {
    behind("10.0.0.1", "10.0.0.1", "192.0.2.1");
    behind("10.0.0.1", "10.0.0.2", "10.0.0.2");
    behind("fd00::1", "fd00::1", "192.0.2.1");
}

#[test]
fn an_ipv4_mapped_peer_is_in_an_ipv4_network() {
    behind("10.0.0.0/8", "::ffff:10.0.0.1", "192.0.2.1");
}

#[test]
fn an_ipv4_mapped_network_is_an_ipv4_network() {
    behind("::ffff:10.0.0.0/104", "10.200.0.1", "192.0.2.1");
    behind("::ffff:10.0.0.0/104", "::ffff:10.200.0.1", "192.0.2.1");
    behind("::ffff:10.0.0.0/104", "11.0.0.1", "11.0.0.1");
    behind("::ffff:10.0.0.1", "10.0.0.1", "192.0.2.1");
}

#[test]
fn an_ipv6_network_holds_no_ipv4_address() {
    behind("::/64", "::ffff:203.0.113.9", "203.0.113.9");
}

#[test]
fn proxies_add_up_and_may_be_typed() {
    let builder = ClientAddrLayer::builder().trusted_proxies([IpAddr::from([10, 0, 0, 1])]);
    let layer = builder.trusted_proxies(["fd00::/8".to_owned()]).build().unwrap();
    check(&layer, "10.0.0.1", &["X-Forwarded-For: 192.0.2.1, fd00::1"], "192.0.2.1");
}

#[test]
fn one_hop_trusts_the_peer_alone() {
    behind_hops(1, "192.0.2.1", "192.0.2.1");
    behind_hops(1, "198.51.100.7, 192.0.2.1", "192.0.2.1");
    behind_hops(1, "198.51.100.7, 10.0.0.1", "10.0.0.1");
}

#[test]
fn two_hops_trust_the_rightmost_entry_also() {
    behind_hops(2, "198.51.100.7, 192.0.2.1, 203.0.113.8", "192.0.2.1");
}

#[test]
fn more_hops_than_entries_give_the_leftmost() {
    behind_hops(3, "192.0.2.1, 203.0.113.8", "192.0.2.1");
    behind_hops(usize::MAX, "192.0.2.1", "192.0.2.1");
}

#[test]
fn a_trusted_hop_without_an_address_ends_the_count() {
    behind_hops(2, "192.0.2.1, unknown", "unknown");
    behind_hops(2, "192.0.2.1, ", "unknown");
}

#[test]
fn hops_are_counted_in_forwarded_too() {
    let layer = ClientAddrLayer::builder().trusted_hops(2).forwarded().build().unwrap();
    let lines = ["Forwarded: for=192.0.2.1", "Forwarded: for=203.0.113.8"];
    check(&layer, "203.0.113.9", &lines, "192.0.2.1");
}
