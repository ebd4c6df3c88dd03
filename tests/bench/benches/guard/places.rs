use std::fs;
use std::net::Ipv4Addr;

use guard_layer::PlaceDatabase;
use serde_json::Value;
use test_servers::{Folder, asn, city, mmdb};

/// As many networks each, as GeoLite2-Country has roughly.
const NETWORKS: u32 = 100_000;
/// Addresses from one network to the next, so that they are all over the space.
const STRIDE: u32 = 42_949;

/// Cities and systems of many networks, those of the browser among them, from two files.
pub(crate) fn places() -> PlaceDatabase {
    let folder = Folder::create().unwrap();
    let [cities, systems] = ["city.mmdb", "asn.mmdb"].map(|name| folder.path().join(name));
    fs::write(&cities, networks("GeoLite2-City", located)).unwrap();
    fs::write(&systems, networks("GeoLite2-ASN", |number| asn(number % 5_000))).unwrap();
    PlaceDatabase::open(cities).unwrap().also(systems).unwrap()
}

fn networks(kind: &str, record: fn(u32) -> Value) -> Vec<u8> {
    let all = (0..NETWORKS).map(|number| (network(number), record(number)));
    let own = (0..6).map(|third| (format!("198.51.{third}.0/24"), record(third)));
    mmdb(kind, all.chain(own)).unwrap()
}

/// With a prefix from /18 to /24.
fn network(number: u32) -> String {
    format!("{}/{}", address(number), 18 + number % 7)
}

/// The first of a network.
pub(crate) fn address(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(number.wrapping_mul(STRIDE))
}

/// Of 20,000 places.
fn located(number: u32) -> Value {
    let place = number % 20_000;
    let (latitude, longitude) = (f64::from(place % 120) - 50.0, f64::from(place / 120) - 80.0);
    let country = match place % 4 {
        0 => "DE",
        1 => "FR",
        2 => "US",
        _ => "JP",
    };
    city(country, latitude, longitude)
}
