use guard_layer::{ClientAddrBuilder, ClientAddrLayer, ConfigErrorKind};

fn builder() -> ClientAddrBuilder {
    ClientAddrLayer::builder()
}

#[track_caller]
fn refused(builder: ClientAddrBuilder, kind: ConfigErrorKind, text: &str) {
    let error = builder.build().unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
}

#[track_caller]
fn network_refused(network: &str, kind: ConfigErrorKind) {
    let error = builder().trusted_proxies([network]).build().unwrap_err();
    assert_eq!(error.kind(), kind, "{network}");
}

#[test]
fn no_trusted_proxy_is_refused() {
    let text = "no proxy is trusted: name them with `trusted_proxies`, count them with \
                `trusted_hops`, or use `ClientAddrLayer::peer()` where there is none";
    refused(builder(), ConfigErrorKind::NoTrustedProxy, text);
    refused(builder().forwarded(), ConfigErrorKind::NoTrustedProxy, text);
    refused(builder().trusted_proxies([""; 0]), ConfigErrorKind::NoTrustedProxy, text);
}

#[test]
fn no_trusted_hop_is_refused() {
    let text = "no hop is trusted: count the proxies in front of this server, or use \
                `ClientAddrLayer::peer()` where there is none";
    refused(builder().trusted_hops(0), ConfigErrorKind::NoTrustedHop, text);
}

#[test]
fn networks_and_hops_together_are_refused() {
    let text = "proxies are trusted by network and by count: use `trusted_proxies` where their \
                addresses are known, else `trusted_hops`, not both";
    let both = builder().trusted_proxies(["10.0.0.0/8"]).trusted_hops(1);
    refused(both, ConfigErrorKind::NetworksAndHops, text);
    let empty = builder().trusted_proxies([""; 0]).trusted_hops(1);
    refused(empty, ConfigErrorKind::NetworksAndHops, text);
}

#[test]
fn two_headers_are_refused() {
    let text = "two headers are chosen: keep `x_forwarded_for` or `forwarded`, the one that your \
                proxies write, as a client can forge the other";
    let both = builder().trusted_hops(1).x_forwarded_for().forwarded();
    refused(both, ConfigErrorKind::TwoHeaders, text);
}

#[test]
fn what_is_no_network_is_refused() {
    let text = "trusted proxy \"10.0.0.0/33\": neither an address nor a network: write it like \
                `10.0.0.1` or `10.0.0.0/8`";
    refused(builder().trusted_proxies(["10.0.0.0/33"]), ConfigErrorKind::InvalidNetwork, text);
    network_refused("", ConfigErrorKind::InvalidNetwork);
    network_refused("proxy.internal", ConfigErrorKind::InvalidNetwork);
    network_refused("10.0.0.1:80", ConfigErrorKind::InvalidNetwork);
    network_refused("10.0.0.0/255.0.0.0", ConfigErrorKind::InvalidNetwork);
}

#[test]
fn one_bad_network_among_good_ones_is_refused() {
    let error = builder().trusted_proxies(["10.0.0.0/8", "fd00::/129"]).build().unwrap_err();
    assert!(error.to_string().starts_with("trusted proxy \"fd00::/129\": "), "{error}");
}

#[test]
fn bits_to_the_right_of_the_prefix_are_refused() {
    let text = "trusted proxy \"10.1.2.3/8\": bits are set to the right of the prefix: write the \
                network's first address, or a single address without a prefix";
    refused(builder().trusted_proxies(["10.1.2.3/8"]), ConfigErrorKind::HostBits, text);
    network_refused("fd00::1/8", ConfigErrorKind::HostBits);
}

#[test]
fn a_network_of_every_address_is_refused() {
    let text = "trusted proxy \"0.0.0.0/0\": every address would be trusted, so that any client \
                could forge its own: name the networks that your proxies are in, or count them \
                with `trusted_hops`";
    refused(builder().trusted_proxies(["0.0.0.0/0"]), ConfigErrorKind::EveryAddress, text);
    network_refused("::/0", ConfigErrorKind::EveryAddress);
    network_refused("10.0.0.0/0", ConfigErrorKind::EveryAddress);
    network_refused("::ffff:0.0.0.0/96", ConfigErrorKind::EveryAddress);
}
