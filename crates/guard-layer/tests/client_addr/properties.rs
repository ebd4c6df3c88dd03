use std::net::IpAddr;

use guard_layer::{ClientAddr, ClientAddrLayer};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::check::{PROXIES, seen};

const HEADERS: [&str; 2] = ["X-Forwarded-For", "Forwarded"];

fn layers() -> [(ClientAddrLayer, &'static str); 2] {
    let builder = ClientAddrLayer::builder().trusted_proxies(PROXIES);
    let layers = [builder.clone().x_forwarded_for(), builder.forwarded()];
    let [x_forwarded_for, forwarded] = layers.map(|layer| layer.build().unwrap());
    let [x_forwarded_for_name, forwarded_name] = HEADERS;
    [(x_forwarded_for, x_forwarded_for_name), (forwarded, forwarded_name)]
}

fn proxy() -> IpAddr {
    IpAddr::from([10, 0, 0, 1])
}

/// Whatever a header line can hold: any byte, or many of those that mean something here.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let any = prop_oneof![Just(b'\t'), 0x20..=0x7e_u8, 0x80..=0xff_u8];
    let telling = prop::sample::select(b"for=\"\\,;:[]. 10_unknow".as_slice());
    prop_oneof![vec(any, 0..200), vec(telling, 0..60)]
}

/// A hop as a proxy writes it for each header, rightmost of its line.
fn element(name: &str, ip: IpAddr) -> String {
    match (name, ip) {
        ("Forwarded", IpAddr::V4(ip)) => format!("for={ip}"),
        ("Forwarded", IpAddr::V6(ip)) => format!("for=\"[{ip}]:80\";by=\"[fd00::1]\""),
        _ => ip.to_string(),
    }
}

fn client() -> impl Strategy<Value = IpAddr> {
    let ip = any::<IpAddr>().prop_map(|ip| ip.to_canonical());
    ip.prop_filter("a client has an address, and is no proxy", |ip| match ip {
        IpAddr::V4(v4) => v4.octets()[0] != 10 && !ip.is_unspecified(),
        IpAddr::V6(v6) => v6.octets()[0] != 0xfd && !ip.is_unspecified(),
    })
}

/// Text of a well-formed quoted string, between its quotes.
fn quoted() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec!["\\\"", "\\\\", "\\a", ",", ";", "=", " ", "for=9.9.9.9"]);
    vec(part, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn no_header_makes_the_layer_panic(lines in vec((0..2_usize, value()), 0..4)) {
        let lines: Vec<_> = lines.iter().map(|(at, value)| (HEADERS[*at], &value[..])).collect();
        for (layer, _) in layers() {
            let seen = seen(&layer, proxy(), &lines);
            prop_assert!(seen == "unknown" || seen.parse::<IpAddr>().is_ok());
        }
    }

    #[test]
    fn an_untrusted_peer_is_the_client(
        peer in client(),
        lines in vec((0..2_usize, value()), 0..4),
    ) {
        let lines: Vec<_> = lines.iter().map(|(at, value)| (HEADERS[*at], &value[..])).collect();
        for (layer, _) in layers() {
            prop_assert_eq!(seen(&layer, peer, &lines), ClientAddr::new(peer).to_string());
        }
    }

    #[test]
    fn nothing_on_the_left_changes_where_the_walk_stopped(client in client(), left in value()) {
        for (layer, name) in layers() {
            let proxy_two = IpAddr::from([10, 0, 0, 2]);
            let right = [element(name, client), element(name, proxy_two)].join(", ");
            let same_line = [&left, b", ".as_slice(), right.as_bytes()].concat();
            let expected = client.to_string();
            prop_assert_eq!(&seen(&layer, proxy(), &[(name, &same_line)]), &expected);
            let lines = [(name, left.as_slice()), (name, right.as_bytes())];
            prop_assert_eq!(&seen(&layer, proxy(), &lines), &expected);
        }
    }

    #[test]
    fn nothing_on_the_left_changes_where_the_walk_met_no_address(left in value()) {
        for (layer, name) in layers() {
            let line = [&left, b", for=unknown".as_slice()].concat();
            prop_assert_eq!(seen(&layer, proxy(), &[(name, &line)]), "unknown");
        }
    }

    #[test]
    fn quoted_text_never_hides_or_adds_a_hop(client in client(), texts in vec(quoted(), 1..4)) {
        let [_, (layer, name)] = layers();
        let hop = |text| format!("host=\"{text}\";for=10.0.0.2;ext=\"{text}\"");
        let trusted = texts.iter().map(hop);
        let hops: Vec<_> = [element(name, client)].into_iter().chain(trusted).collect();
        let line = hops.join(", ");
        prop_assert_eq!(seen(&layer, proxy(), &[(name, line.as_bytes())]), client.to_string());
    }
}
