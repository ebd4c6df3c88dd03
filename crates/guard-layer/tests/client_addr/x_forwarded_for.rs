use guard_layer::ClientAddrLayer;

use crate::check::{PROXIES, check};

/// One header line for each value, from a trusted peer.
#[track_caller]
fn proxied(values: &[&str], expected: &str) {
    let layer = ClientAddrLayer::builder().trusted_proxies(PROXIES).build().unwrap();
    let lines: Vec<_> = values.iter().map(|value| format!("X-Forwarded-For: {value}")).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    check(&layer, "10.0.0.1", &lines, expected);
}

#[test]
fn the_client_is_the_hop_that_the_proxy_names() {
    proxied(&["192.0.2.1"], "192.0.2.1");
    proxied(&["2001:db8::1"], "2001:db8::1");
}

#[test]
fn the_walk_stops_at_the_first_hop_from_the_right_that_is_not_trusted() {
    proxied(&["198.51.100.7, 192.0.2.1"], "192.0.2.1");
    proxied(&["10.0.0.9, 192.0.2.1"], "192.0.2.1");
    proxied(&["127.0.0.1, 192.0.2.1, 10.0.0.2"], "192.0.2.1");
    proxied(&["198.51.100.7, 192.0.2.1, 10.0.0.3, fd00::2"], "192.0.2.1");
}

#[test]
fn where_every_hop_is_trusted_the_client_is_the_leftmost() {
    proxied(&["10.0.0.3"], "10.0.0.3");
    proxied(&["10.0.0.4, 10.0.0.3, fd00::2"], "10.0.0.4");
}

#[test]
fn without_the_header_the_client_is_the_proxy_itself() {
    proxied(&[], "10.0.0.1");
}

#[test]
fn several_lines_are_one_list_in_order() {
    proxied(&["192.0.2.1", "10.0.0.2"], "192.0.2.1");
    proxied(&["198.51.100.7", "192.0.2.1"], "192.0.2.1");
    proxied(&["198.51.100.7, 192.0.2.1", "10.0.0.3, 10.0.0.2"], "192.0.2.1");
}

#[test]
fn whitespace_around_a_hop_is_optional() {
    proxied(&["198.51.100.7,192.0.2.1"], "192.0.2.1");
    proxied(&["198.51.100.7 ,\t 192.0.2.1 \t, 10.0.0.2"], "192.0.2.1");
}

#[test]
fn an_ipv4_mapped_hop_is_the_ipv4_hop() {
    proxied(&["::ffff:192.0.2.1"], "192.0.2.1");
    proxied(&["192.0.2.1, ::ffff:10.0.0.2"], "192.0.2.1");
    proxied(&["192.0.2.1, ::FFFF:0a00:0002"], "192.0.2.1");
}

#[test]
fn unknown_and_obfuscated_hops_have_no_address() {
    proxied(&["unknown"], "unknown");
    proxied(&["198.51.100.7, unknown"], "unknown");
    proxied(&["198.51.100.7, unknown, 10.0.0.2"], "unknown");
    proxied(&["_hidden"], "unknown");
}

#[test]
fn a_hop_with_a_port_or_brackets_has_no_address() {
    proxied(&["192.0.2.1:443"], "unknown");
    proxied(&["[2001:db8::1]:443"], "unknown");
    proxied(&["[2001:db8::1]"], "unknown");
    proxied(&["198.51.100.7, 10.0.0.2:443"], "unknown");
}

#[test]
fn an_empty_hop_has_no_address() {
    proxied(&[""], "unknown");
    proxied(&["198.51.100.7, "], "unknown");
    proxied(&["198.51.100.7, , 10.0.0.2"], "unknown");
    proxied(&["198.51.100.7", ""], "unknown");
}

#[test]
fn a_malformed_hop_has_no_address() {
    proxied(&["198.51.100.7, 192.0.2.256"], "unknown");
    proxied(&["198.51.100.7, 192.0.2"], "unknown");
    proxied(&["198.51.100.7, 192.0.02.1"], "unknown");
    proxied(&["198.51.100.7, 192.0.2.1/32"], "unknown");
    proxied(&["198.51.100.7, fe80::1%eth0"], "unknown");
    proxied(&["198.51.100.7, \"192.0.2.1\""], "unknown");
    proxied(&["198.51.100.7, 192.0.2.1 10.0.0.2"], "unknown");
    proxied(&["198.51.100.7; 10.0.0.2"], "unknown");
    proxied(&["198.51.100.7, localhost"], "unknown");
    proxied(&["198.51.100.7, \u{661}92.0.2.1"], "unknown");
}

#[test]
fn what_is_left_of_the_client_is_not_read() {
    proxied(&["unknown, 192.0.2.1"], "192.0.2.1");
    proxied(&["\u{e9}\"<script>, , 192.0.2.1, 10.0.0.2"], "192.0.2.1");
    proxied(&["", "192.0.2.1"], "192.0.2.1");
}

#[test]
fn forwarded_is_not_read() {
    let layer = ClientAddrLayer::builder().trusted_proxies(PROXIES).x_forwarded_for();
    let layer = layer.build().unwrap();
    let both = ["Forwarded: for=198.51.100.7", "X-Forwarded-For: 192.0.2.1"];
    check(&layer, "10.0.0.1", &both, "192.0.2.1");
    check(&layer, "10.0.0.1", &["Forwarded: for=198.51.100.7"], "10.0.0.1");
}

#[test]
fn thousands_of_hops_are_walked() {
    let trusted = "10.0.0.2,".repeat(8_000);
    proxied(&[&format!("192.0.2.1,{trusted}10.0.0.3")], "192.0.2.1");
    proxied(&[&format!("{trusted}192.0.2.1")], "192.0.2.1");
    proxied(&[&",".repeat(60_000)], "unknown");
}
