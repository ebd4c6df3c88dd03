use std::net::SocketAddr;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use guard_layer::{ClientAddrBuilder, ClientAddrLayer, TargetOrigin};

use crate::check::{PROXIES, answer, request};

async fn show(target: TargetOrigin) -> String {
    let scheme = target.scheme().map_or("?", |scheme| scheme.as_str());
    let host = target.host().map_or("?", |host| host.as_str());
    format!("{scheme}://{host}")
}

#[track_caller]
fn check(layer: ClientAddrLayer, peer: &str, lines: &[&str], expected: &str) {
    let split: Vec<_> = lines.iter().map(|line| line.split_once(": ").unwrap()).collect();
    let split: Vec<_> = split.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let mut request = request(&split);
    let peer = SocketAddr::new(peer.parse().unwrap(), 50_000);
    request.extensions_mut().insert(ConnectInfo(peer));
    let app = Router::new().route("/", get(show)).layer(layer);
    assert_eq!(answer(app, request), expected, "{lines:?}");
}

fn builder() -> ClientAddrBuilder {
    ClientAddrLayer::builder().trusted_proxies(PROXIES)
}

#[track_caller]
fn proxied(lines: &[&str], expected: &str) {
    check(builder().build().unwrap(), "10.0.0.1", lines, expected);
}

#[track_caller]
fn forwarded(value: &str, expected: &str) {
    let line = format!("Forwarded: {value}");
    let lines = ["Host: own", "X-Forwarded-Proto: http", "X-Forwarded-Host: evil", &line];
    check(builder().forwarded().build().unwrap(), "10.0.0.1", &lines, expected);
}

#[test]
fn a_trusted_proxy_names_the_scheme_and_the_host() {
    let lines = [
        "Host: inner",
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: shop.example:8443",
    ];
    proxied(&lines, "https://shop.example:8443");
    proxied(&lines[..3], "https://inner");
    proxied(&lines[..2], "?://inner");
    proxied(&["Host: inner", "X-Forwarded-Proto: https"], "https://inner");
}

#[test]
fn an_untrusted_peer_names_nothing_but_its_own_host() {
    let lines = [
        "Host: own",
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: evil",
        "Forwarded: for=192.0.2.1;proto=https;host=evil",
    ];
    let layers = [builder(), builder().forwarded()].map(|layer| layer.build().unwrap());
    for layer in layers.into_iter().chain([ClientAddrLayer::peer()]) {
        check(layer, "203.0.113.9", &lines, "?://own");
    }
}

#[test]
fn of_a_list_counts_what_the_proxy_of_the_client_has_written() {
    let forged = ["X-Forwarded-Proto: http, https, http", "X-Forwarded-Host: evil, shop, inner"];
    let hops = |list| [list, forged[0], forged[1]];
    proxied(&hops("X-Forwarded-For: 9.9.9.9, 192.0.2.1, 10.0.0.2"), "https://shop");
    proxied(&hops("X-Forwarded-For: 9.9.9.9, 10.0.0.3, 192.0.2.1"), "http://inner");
}

#[test]
fn a_list_that_is_shorter_than_the_way_gives_its_leftmost() {
    let far = "X-Forwarded-For: 192.0.2.1, 10.0.0.3, 10.0.0.2";
    proxied(&[far, "X-Forwarded-Proto: https", "Host: own"], "https://own");
    proxied(&[far, "X-Forwarded-Proto: https, http", "Host: own"], "https://own");
    proxied(&[far, "X-Forwarded-Proto: https", "X-Forwarded-Proto: http"], "https://?");
}

#[test]
fn by_a_count_of_hops_the_same_place_is_read() {
    let layer = || ClientAddrLayer::builder().trusted_hops(2).build().unwrap();
    let lines = ["X-Forwarded-For: 192.0.2.1, 203.0.113.8", "X-Forwarded-Proto: ftp, https, http"];
    check(layer(), "203.0.113.9", &lines, "https://?");
}

#[test]
fn what_is_malformed_was_not_said() {
    for scheme in ["ftp", "", "https:", "https://"] {
        let line = format!("X-Forwarded-Proto: {scheme}");
        proxied(&["X-Forwarded-For: 192.0.2.1", "Host: own", &line], "?://own");
    }
    for host in ["", "a b", "user@evil", "http://evil", "evil/path", ":80"] {
        let line = format!("X-Forwarded-Host: {host}");
        proxied(&["X-Forwarded-For: 192.0.2.1", "Host: own", &line], "?://own");
    }
}

#[test]
fn schemes_have_no_case() {
    proxied(&["X-Forwarded-Proto: HTTPS", "Host: own"], "https://own");
}

#[test]
fn forwarded_names_them_in_the_element_of_the_client() {
    forwarded("for=192.0.2.1;proto=https;host=shop.example", "https://shop.example");
    forwarded("for=192.0.2.1;host=\"shop.example:8443\";proto=https", "https://shop.example:8443");
    forwarded(
        "for=9.9.9.9;proto=http;host=evil, for=192.0.2.1;proto=https;host=shop",
        "https://shop",
    );
    forwarded(
        "for=192.0.2.1;proto=https;host=shop, for=10.0.0.2;proto=http;host=b",
        "https://shop",
    );
    forwarded("for=unknown;proto=https;host=shop", "https://shop");
}

#[test]
fn forwarded_that_does_not_say_leaves_the_host_of_the_request() {
    forwarded("for=192.0.2.1", "?://own");
    forwarded("for=192.0.2.1;proto=https;proto=http;host=a;host=b", "?://own");
    forwarded("for=192.0.2.1;proto=https;host", "?://own");
    forwarded("for=192.0.2.1;proto=wss;host=\"a/b\"", "?://own");
}

#[test]
fn without_a_peer_only_the_host_of_the_request_is_known() {
    let app = Router::new().route("/", get(show)).layer(builder().build().unwrap());
    let lines: [(&str, &[u8]); 2] = [("Host", b"own"), ("X-Forwarded-Proto", b"https")];
    assert_eq!(answer(app, request(&lines)), "?://own");
}
