use guard_layer::ClientAddrLayer;

use crate::check::{PROXIES, check};

fn layer() -> ClientAddrLayer {
    ClientAddrLayer::builder().trusted_proxies(PROXIES).forwarded().build().unwrap()
}

/// One header line for each value, from a trusted peer.
#[track_caller]
fn proxied(values: &[&str], expected: &str) {
    let lines: Vec<_> = values.iter().map(|value| format!("Forwarded: {value}")).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    check(&layer(), "10.0.0.1", &lines, expected);
}

#[test]
fn the_client_is_the_hop_that_the_proxy_names() {
    proxied(&["for=192.0.2.1"], "192.0.2.1");
    proxied(&["for=\"192.0.2.1\""], "192.0.2.1");
    proxied(&["for=\"[2001:db8::1]\""], "2001:db8::1");
}

#[test]
fn the_examples_of_the_rfc_are_read() {
    proxied(&["For=\"[2001:db8:cafe::17]:4711\""], "2001:db8:cafe::17");
    proxied(&["for=192.0.2.60;proto=http;by=203.0.113.43"], "192.0.2.60");
    proxied(&["for=192.0.2.43, for=198.51.100.17"], "198.51.100.17");
    proxied(&["for=_hidden, for=_SEVKISEK"], "unknown");
}

#[test]
fn the_walk_stops_at_the_first_hop_from_the_right_that_is_not_trusted() {
    proxied(&["for=10.0.0.9, for=192.0.2.1"], "192.0.2.1");
    proxied(&["for=198.51.100.7, for=192.0.2.1, for=\"[fd00::2]\""], "192.0.2.1");
}

#[test]
fn where_every_hop_is_trusted_the_client_is_the_leftmost() {
    proxied(&["for=10.0.0.4, for=\"[fd00::3]\", for=10.0.0.2"], "10.0.0.4");
}

#[test]
fn without_the_header_the_client_is_the_proxy_itself() {
    proxied(&[], "10.0.0.1");
}

#[test]
fn several_lines_are_one_list_in_order() {
    proxied(&["for=198.51.100.7, for=192.0.2.1", "for=10.0.0.2"], "192.0.2.1");
    proxied(&["for=198.51.100.7", "for=192.0.2.1"], "192.0.2.1");
}

#[test]
fn names_of_parameters_have_no_case() {
    proxied(&["FOR=192.0.2.1;Proto=https"], "192.0.2.1");
}

#[test]
fn a_port_is_taken_off() {
    proxied(&["for=\"192.0.2.1:443\""], "192.0.2.1");
    proxied(&["for=\"[2001:db8::1]:_p.0-1\""], "2001:db8::1");
    proxied(&["for=192.0.2.1, for=\"10.0.0.2:443\""], "192.0.2.1");
}

#[test]
fn a_malformed_port_makes_the_hop_malformed() {
    proxied(&["for=198.51.100.7, for=\"192.0.2.1:\""], "unknown");
    proxied(&["for=198.51.100.7, for=\"192.0.2.1:123456\""], "unknown");
    proxied(&["for=198.51.100.7, for=\"192.0.2.1:http\""], "unknown");
    proxied(&["for=198.51.100.7, for=\"192.0.2.1:_\""], "unknown");
    proxied(&["for=198.51.100.7, for=\"[2001:db8::1]443\""], "unknown");
}

#[test]
fn a_colon_has_to_be_quoted() {
    proxied(&["for=198.51.100.7, for=192.0.2.1:443"], "unknown");
    proxied(&["for=198.51.100.7, for=[2001:db8::1]"], "unknown");
}

#[test]
fn an_ipv6_hop_has_to_be_in_brackets() {
    proxied(&["for=198.51.100.7, for=\"2001:db8::1\""], "unknown");
    proxied(&["for=198.51.100.7, for=\"[192.0.2.1]\""], "unknown");
}

#[test]
fn an_ipv4_mapped_hop_is_the_ipv4_hop() {
    proxied(&["for=\"[::ffff:192.0.2.1]\", for=\"[::ffff:10.0.0.2]:1\""], "192.0.2.1");
}

#[test]
fn unknown_and_obfuscated_hops_have_no_address() {
    proxied(&["for=198.51.100.7, for=unknown"], "unknown");
    proxied(&["for=198.51.100.7, for=\"unknown:80\""], "unknown");
    proxied(&["for=198.51.100.7, for=_hidden, for=10.0.0.2"], "unknown");
}

#[test]
fn an_element_without_one_for_has_no_address() {
    proxied(&["for=198.51.100.7, proto=https"], "unknown");
    proxied(&["for=198.51.100.7, for=192.0.2.1;for=192.0.2.1"], "unknown");
    proxied(&["for=198.51.100.7, for=192.0.2.1;For=10.0.0.2"], "unknown");
    proxied(&["for=198.51.100.7, "], "unknown");
    proxied(&[""], "unknown");
}

#[test]
fn a_malformed_element_has_no_address() {
    proxied(&["for=198.51.100.7, 192.0.2.1"], "unknown");
    proxied(&["for=198.51.100.7, for"], "unknown");
    proxied(&["for=198.51.100.7, for="], "unknown");
    proxied(&["for=198.51.100.7, for = 192.0.2.1"], "unknown");
    proxied(&["for=198.51.100.7, for=192.0.2.1;=x"], "unknown");
    proxied(&["for=198.51.100.7, for=192.0.2.1;proto"], "unknown");
    proxied(&["for=198.51.100.7, for=192.0.2.1;a b=c"], "unknown");
    proxied(&["for=198.51.100.7, for=192.0.2.1;host=a=b"], "unknown");
    proxied(&["for=198.51.100.7, for=\"192.0.2.1\"x"], "unknown");
    proxied(&["for=198.51.100.7, for=\"\u{e9}\""], "unknown");
}

#[test]
fn empty_pairs_and_whitespace_around_pairs_are_allowed() {
    proxied(&[";;for=192.0.2.1;"], "192.0.2.1");
    proxied(&["for=192.0.2.1 ; proto=https,\tfor=10.0.0.2 "], "192.0.2.1");
}

#[test]
fn a_quoted_string_may_hold_separators() {
    proxied(&["for=192.0.2.1;host=\"a,for=198.51.100.7;b\", for=10.0.0.2"], "192.0.2.1");
    proxied(&["host=\"a;for=198.51.100.7\";for=192.0.2.1"], "192.0.2.1");
    proxied(&["for=192.0.2.1;host=\"\\\", for=198.51.100.7;x=\\\"\", for=10.0.0.2"], "192.0.2.1");
    proxied(&["for=192.0.2.1;host=\"\\\\\", for=10.0.0.2"], "192.0.2.1");
    proxied(&["for=192.0.2.1;host=\"\u{e9}\""], "192.0.2.1");
}

#[test]
fn an_escape_in_a_quoted_address_is_undone() {
    proxied(&["for=\"192\\.0.2\\.1\""], "192.0.2.1");
}

#[test]
fn a_quote_that_a_client_left_open_does_not_swallow_a_hop() {
    proxied(&["for=\", for=192.0.2.1"], "192.0.2.1");
    proxied(&["for=198.51.100.7;x=\", for=192.0.2.1;by=\"[fd00::1]\""], "192.0.2.1");
    proxied(&["for=\"\\, for=192.0.2.1"], "192.0.2.1");
    proxied(&["for=\"", "for=192.0.2.1", "for=\"[fd00::2]\""], "192.0.2.1");
}

#[test]
fn a_quoted_string_ends_within_its_line() {
    proxied(&["for=192.0.2.1;host=\"a", "b\";for=10.0.0.2"], "unknown");
}

#[test]
fn an_open_quote_that_is_reached_has_no_address() {
    proxied(&["for=198.51.100.7, for=\"192.0.2.1"], "unknown");
    proxied(&["for=198.51.100.7, for=192.0.2.1\""], "unknown");
    proxied(&["for=198.51.100.7, for=\""], "unknown");
}

#[test]
fn x_forwarded_for_is_not_read() {
    let both = ["X-Forwarded-For: 198.51.100.7", "Forwarded: for=192.0.2.1"];
    check(&layer(), "10.0.0.1", &both, "192.0.2.1");
    check(&layer(), "10.0.0.1", &["X-Forwarded-For: 198.51.100.7"], "10.0.0.1");
}

#[test]
fn thousands_of_hops_are_walked() {
    let trusted = "for=10.0.0.2,".repeat(4_000);
    proxied(&[&format!("for=192.0.2.1,{trusted}for=10.0.0.3")], "192.0.2.1");
    proxied(&[&format!("{trusted}for=192.0.2.1")], "192.0.2.1");
    proxied(&[&"\"".repeat(60_000)], "unknown");
    proxied(&[&format!("for=192.0.2.1;{}", "a=b;".repeat(15_000))], "192.0.2.1");
}
