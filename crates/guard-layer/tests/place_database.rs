//! Databases of places, as their files come.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use guard_layer::{Place, PlaceDatabase, PlaceDatabaseErrorKind};
use serde_json::{Value, json};
use test_servers::{Folder, asn, city, mmdb, until};

/// A folder with files of databases.
struct Shelf(Folder);

impl Shelf {
    fn new() -> Self {
        Self(Folder::create().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, in place if there is one.
    fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }
}

const BERLIN: Place = Place { country: Some(['D', 'E']), asn: None, position: Some((52.5, 13.4)) };
const ROME: Place = Place { country: Some(['I', 'T']), asn: None, position: Some((41.9, 12.5)) };

fn berlin() -> Vec<u8> {
    let networks = ["192.0.2.0/24", "2001:db8:1::/48"].map(|net| (net, city("DE", 52.5, 13.4)));
    mmdb("GeoLite2-City", networks).unwrap()
}

fn rome() -> Vec<u8> {
    mmdb("GeoLite2-City", [("192.0.2.0/24", city("IT", 41.9, 12.5))]).unwrap()
}

fn asns() -> Vec<u8> {
    mmdb("GeoLite2-ASN", [("192.0.0.0/16", asn(64_500)), ("2001:db8::/32", asn(64_501))]).unwrap()
}

fn find(database: &PlaceDatabase, address: &str) -> Option<Place> {
    database.find(address.parse().unwrap())
}

#[track_caller]
fn says(record: Value, place: Option<Place>) {
    let shelf = Shelf::new();
    let networks = [("203.0.113.0/24", record), ("198.51.100.0/24", asn(1))];
    let path = shelf.put("any.mmdb", mmdb("Any", networks).unwrap());
    let database = PlaceDatabase::open(path).unwrap();
    assert_eq!(find(&database, "203.0.113.9"), place);
}

#[track_caller]
fn is_refused(path: PathBuf, kind: PlaceDatabaseErrorKind, text: &str) {
    let error = PlaceDatabase::open(&path).unwrap_err();
    assert_eq!((error.kind(), error.path()), (kind, &*path), "{error}");
    let message = error.to_string();
    assert!(message.starts_with(&format!("{}: {text}", path.display())), "{message}");
}

#[test]
fn a_city_database_knows_country_and_position_of_both_families() {
    let shelf = Shelf::new();
    let database = PlaceDatabase::open(shelf.put("city.mmdb", berlin())).unwrap();
    for address in ["192.0.2.77", "2001:db8:1::77", "::ffff:192.0.2.77"] {
        assert_eq!(find(&database, address), Some(BERLIN), "{address}");
    }
}

#[test]
fn what_one_database_does_not_know_another_one_says() {
    let shelf = Shelf::new();
    let city = PlaceDatabase::open(shelf.put("city.mmdb", berlin())).unwrap();
    let both = city.also(shelf.put("asn.mmdb", asns())).unwrap();
    assert_eq!(find(&both, "192.0.2.77"), Some(Place { asn: Some(64_500), ..BERLIN }));
    assert_eq!(find(&both, "2001:db8:1::1"), Some(Place { asn: Some(64_501), ..BERLIN }));
    let alone = Place { asn: Some(64_500), ..Place::default() };
    assert_eq!(find(&both, "192.0.3.1"), Some(alone));
}

#[test]
fn an_address_that_no_database_has_is_unknown() {
    let shelf = Shelf::new();
    let database = PlaceDatabase::open(shelf.put("city.mmdb", berlin())).unwrap();
    for address in ["10.0.0.1", "127.0.0.1", "::1", "fd00::1", "198.51.100.1", "2001:db8:2::1"] {
        assert_eq!(find(&database, address), None, "{address}");
    }
}

#[test]
fn a_database_of_ipv4_alone_knows_nothing_of_ipv6() {
    let mut writer = mmdb_writer::Writer::builder("GeoLite2-Country")
        .ip_version(mmdb_writer::IpVersion::V4)
        .description(&[("en", "for tests")])
        .build();
    let network: ipnet::IpNet = "192.0.2.0/24".parse().unwrap();
    writer.insert(network, &json!({ "country": { "iso_code": "DE" } })).unwrap();
    let shelf = Shelf::new();
    let path = shelf.put("country.mmdb", writer.to_bytes().unwrap());
    let database = PlaceDatabase::open(path).unwrap();
    let germany = Place { position: None, ..BERLIN };
    assert_eq!(find(&database, "::ffff:192.0.2.1"), Some(germany));
    assert_eq!(find(&database, "2001:db8::1"), None);
}

#[test]
fn the_layouts_of_other_makers_are_understood() {
    let all = Some(Place { asn: Some(64_500), ..BERLIN });
    says(json!({ "country": "DE", "lat": "52.5", "lng": "13.4", "asn": "AS64500" }), all);
    says(
        json!({
            "country": "Germany", "country_code": "DE", "latitude": 52.5, "longitude": 13.4,
            "asn": 64_500,
        }),
        all,
    );
    let mut enterprise = city("DE", 52.5, 13.4);
    enterprise["traits"] = json!({ "autonomous_system_number": 64_500, "user_type": "business" });
    says(enterprise, all);
}

#[test]
fn a_position_that_may_be_anywhere_in_the_country_is_unknown() {
    let mut vague = city("DE", 52.5, 13.4);
    vague["location"]["accuracy_radius"] = json!(151);
    says(vague, Some(Place { position: None, ..BERLIN }));
}

#[test]
fn what_is_no_country_or_not_on_earth_is_unknown() {
    says(json!({ "country": "de", "lat": "91", "lng": "0", "asn": "none" }), None);
    says(json!({ "country": { "iso_code": "DEU" }, "location": { "latitude": 1.0 } }), None);
    says(json!({ "location": { "latitude": 1.0, "longitude": 181.0 } }), None);
    says(json!({ "country": true, "autonomous_system_number": 1 }), None);
    says(json!({ "registered_country": { "iso_code": "DE" } }), None);
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    let kind = PlaceDatabaseErrorKind::Unreadable;
    is_refused(PathBuf::from("/nowhere/city.mmdb"), kind, "No such file or directory");
    is_refused(Shelf::new().path(""), kind, "not a regular file");
}

#[test]
fn a_file_that_is_not_whole_is_refused() {
    let (shelf, whole) = (Shelf::new(), berlin());
    let text = "no whole database in MaxMind's format, download it again (";
    let kind = PlaceDatabaseErrorKind::Damaged;
    for length in [0, 1, 100, whole.len() / 2, whole.len() - 1] {
        is_refused(shelf.put("half.mmdb", &whole[..length]), kind, text);
    }
    is_refused(shelf.put("other.mmdb", "these are notes and no database"), kind, text);
    let overwritten = [&[0xff; 64], &whole[64..]].concat();
    is_refused(shelf.put("overwritten.mmdb", overwritten), kind, text);
}

#[test]
fn a_tree_that_runs_in_circles_is_refused() {
    let (shelf, whole) = (Shelf::new(), berlin());
    // The first two nodes lead to the first.
    let circle = [&[0; 12], &whole[12..]].concat();
    let text = "no whole database in MaxMind's format, download it again (";
    is_refused(shelf.put("circle.mmdb", circle), PlaceDatabaseErrorKind::Damaged, text);
}

#[test]
fn a_database_of_something_else_is_refused() {
    let proxies = mmdb("GeoIP2-Anonymous-IP", [("192.0.2.0/24", json!({ "is_tor": true }))]);
    let shelf = Shelf::new();
    let path = shelf.put("proxies.mmdb", proxies.unwrap());
    let text = "a database of the type \"GeoIP2-Anonymous-IP\", which knows neither countries";
    is_refused(path, PlaceDatabaseErrorKind::WithoutPlaces, text);
}

#[test]
fn a_newer_file_is_read_by_all_clones() {
    let shelf = Shelf::new();
    let database = PlaceDatabase::open(shelf.put("city.mmdb", berlin())).unwrap();
    let clone = database.clone();
    fs::rename(shelf.put("new.mmdb", rome()), shelf.path("city.mmdb")).unwrap();
    assert_eq!(find(&clone, "192.0.2.1"), Some(BERLIN));
    database.reload().unwrap();
    assert_eq!(find(&clone, "192.0.2.1"), Some(ROME));
}

#[test]
fn a_newer_file_that_is_no_good_leaves_the_data_from_before() {
    let shelf = Shelf::new();
    let path = shelf.put("city.mmdb", berlin());
    let database = PlaceDatabase::open(&path).unwrap();
    shelf.put("city.mmdb", &rome()[..50]);
    for _ in 0..2 {
        let error = database.reload().unwrap_err();
        assert_eq!(error.kind(), PlaceDatabaseErrorKind::Damaged);
    }
    assert_eq!(find(&database, "192.0.2.1"), Some(BERLIN));
    fs::remove_file(&path).unwrap();
    assert_eq!(database.reload().unwrap_err().kind(), PlaceDatabaseErrorKind::Unreadable);
    assert_eq!(find(&database, "192.0.2.1"), Some(BERLIN));
    shelf.put("city.mmdb", rome());
    database.reload().unwrap();
    assert_eq!(find(&database, "192.0.2.1"), Some(ROME));
}

#[test]
fn a_file_that_is_no_good_does_not_keep_the_others_from_being_read() {
    let shelf = Shelf::new();
    let database = PlaceDatabase::open(shelf.put("asn.mmdb", asns())).unwrap();
    let database = database.also(shelf.put("city.mmdb", berlin())).unwrap();
    shelf.put("asn.mmdb", "gone");
    shelf.put("city.mmdb", rome());
    let error = database.reload().unwrap_err();
    assert_eq!(error.path(), shelf.path("asn.mmdb"));
    assert_eq!(find(&database, "192.0.2.1"), Some(Place { asn: Some(64_500), ..ROME }));
}

#[tokio::test]
async fn a_newer_file_is_noticed_without_being_told() {
    let shelf = Shelf::new();
    let database = PlaceDatabase::open(shelf.put("city.mmdb", berlin())).unwrap();
    let keeping = tokio::spawn(database.clone().keep_current(Duration::from_millis(5)));
    shelf.put("city.mmdb", "half of it");
    shelf.put("city.mmdb", rome());
    until("the newer file is read", async || {
        find(&database, "192.0.2.1").filter(|place| *place == ROME)
    })
    .await
    .unwrap();
    keeping.abort();
}

#[test]
fn debug_shows_the_files() {
    let shelf = Shelf::new();
    let path = shelf.put("city.mmdb", berlin());
    let database = PlaceDatabase::open(&path).unwrap();
    assert_eq!(format!("{database:?}"), format!("PlaceDatabase[{path:?}]"));
}
