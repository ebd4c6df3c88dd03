use std::net::SocketAddr;

use axum::extract::connect_info::{ConnectInfo, MockConnectInfo};
use guard_layer::{ClientAddr, ClientAddrLayer};

use crate::check::{PROXIES, answer, app, check, request};

#[track_caller]
fn peer(peer: &str, lines: &[&str], expected: &str) {
    check(&ClientAddrLayer::peer(), peer, lines, expected);
}

/// Whatever the header, a peer that is no proxy is the client.
#[track_caller]
fn forged(lines: &[&str]) {
    let builder = ClientAddrLayer::builder().trusted_proxies(PROXIES);
    for peer in ["203.0.113.9", "2001:db8::9"] {
        check(&builder.clone().x_forwarded_for().build().unwrap(), peer, lines, peer);
        check(&builder.clone().forwarded().build().unwrap(), peer, lines, peer);
        check(&ClientAddrLayer::default(), peer, lines, peer);
    }
}

#[test]
fn without_a_header_the_client_is_the_peer() {
    peer("203.0.113.9", &[], "203.0.113.9");
    peer("2001:db8::9", &[], "2001:db8::9");
}

#[test]
fn an_ipv4_mapped_peer_is_the_ipv4_peer() {
    peer("::ffff:203.0.113.9", &[], "203.0.113.9");
}

#[test]
fn the_peer_layer_reads_no_header_even_of_a_private_peer() {
    peer("127.0.0.1", &["X-Forwarded-For: 192.0.2.1"], "127.0.0.1");
    peer("10.0.0.1", &["X-Forwarded-For: 192.0.2.1"], "10.0.0.1");
    peer("10.0.0.1", &["Forwarded: for=192.0.2.1"], "10.0.0.1");
}

#[test]
fn a_forged_x_forwarded_for_is_ignored() {
    forged(&["X-Forwarded-For: 192.0.2.1"]);
    forged(&["X-Forwarded-For: 192.0.2.1, 10.0.0.1"]);
    forged(&["X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 10.0.0.1"]);
}

#[test]
fn a_forged_forwarded_is_ignored() {
    forged(&["Forwarded: for=192.0.2.1"]);
    forged(&["Forwarded: for=192.0.2.1, for=10.0.0.1"]);
    forged(&["Forwarded: for=\"[::1]\";by=10.0.0.1"]);
}

#[test]
fn a_forged_proxy_address_does_not_make_the_peer_a_proxy() {
    forged(&["X-Forwarded-For: 10.0.0.1"]);
    forged(&["Forwarded: for=10.0.0.1", "X-Forwarded-For: 10.0.0.1"]);
}

#[test]
fn a_malformed_header_can_not_hide_the_peer() {
    forged(&["X-Forwarded-For: unknown"]);
    forged(&["X-Forwarded-For: ,,,"]);
    forged(&["Forwarded: for=\""]);
    forged(&["Forwarded: for=unknown"]);
}

#[test]
fn headers_of_other_vendors_are_ignored() {
    forged(&["X-Real-IP: 192.0.2.1"]);
    forged(&["X-Client-IP: 192.0.2.1", "True-Client-IP: 192.0.2.1"]);
    forged(&["CF-Connecting-IP: 192.0.2.1", "X-Cluster-Client-IP: 192.0.2.1"]);
}

#[test]
fn an_address_from_further_out_is_replaced() {
    let mut request = request(&[]);
    request.extensions_mut().insert(ClientAddr::new("192.0.2.1".parse().unwrap()));
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 1))));
    assert_eq!(answer(app(&ClientAddrLayer::peer()), request), "203.0.113.9");
}

#[test]
fn a_mocked_peer_is_the_peer() {
    let mock = MockConnectInfo(SocketAddr::from(([203, 0, 113, 9], 1)));
    let app = app(&ClientAddrLayer::peer()).layer(mock);
    assert_eq!(answer(app, request(&[])), "203.0.113.9");
}

#[test]
fn a_real_peer_goes_before_a_mocked_one() {
    let mut request = request(&[]);
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 1))));
    let mock = MockConnectInfo(SocketAddr::from(([192, 0, 2, 1], 1)));
    let app = app(&ClientAddrLayer::peer()).layer(mock);
    assert_eq!(answer(app, request), "203.0.113.9");
}
