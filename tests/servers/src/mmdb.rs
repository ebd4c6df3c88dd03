use anyhow::Result;
use ipnet::IpNet;
use mmdb_writer::Writer;
use serde_json::{Value, json};

/// The content of a file in MaxMind's format: a database of this type, such as `GeoLite2-City`, and
/// what it says of networks. A later network takes the place of an earlier one that it is part of.
pub fn mmdb(
    kind: &str,
    networks: impl IntoIterator<Item = (impl AsRef<str>, Value)>,
) -> Result<Vec<u8>> {
    let mut writer = Writer::builder(kind).description(&[("en", "for tests")]).build();
    for (network, record) in networks {
        writer.insert(network.as_ref().parse::<IpNet>()?, &record)?;
    }
    Ok(writer.to_bytes()?)
}

/// A record as of GeoLite2-City, with more than anybody needs of it: where a network is, in degrees
/// north and east.
pub fn city(country: &str, latitude: f64, longitude: f64) -> Value {
    json!({
        "city": { "geoname_id": 1, "names": { "en": "City", "de": "Stadt", "fr": "Ville" } },
        "continent": { "code": "EU", "geoname_id": 2, "names": { "en": "Continent" } },
        "country": { "geoname_id": 3, "iso_code": country, "names": { "en": "Country" } },
        "location": {
            "accuracy_radius": 20,
            "latitude": latitude,
            "longitude": longitude,
            "time_zone": "Europe/Berlin",
        },
        "postal": { "code": "10115" },
        "registered_country": { "geoname_id": 4, "iso_code": "XX", "names": { "en": "Other" } },
        "subdivisions": [{ "geoname_id": 5, "iso_code": "BE", "names": { "en": "State" } }],
    })
}

/// A record as of GeoLite2-ASN.
pub fn asn(number: u32) -> Value {
    json!({
        "autonomous_system_number": number,
        "autonomous_system_organization": format!("Organization {number}"),
    })
}
