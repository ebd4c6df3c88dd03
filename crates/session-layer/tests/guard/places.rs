//! Signals that need to know where an address is, with a database in a file.

use std::net::IpAddr;
use std::{fs, io};

use axum::http::StatusCode;
use guard_layer::{GuardEventKind, PlaceDatabase, Points, Policy, Signal};
use test_servers::{Folder, asn, city, mmdb};

use crate::app::Shop;
use crate::client::Client;

const REFUSED: StatusCode = StatusCode::UNAUTHORIZED;
const HOUR: u64 = 3600;

const HOME: &str = "192.0.2.1";
const HOME_V6: &str = "2001:db8:1::1";
const IN_BERLIN: &str = "198.51.100.1";
const IN_BERLIN_OF_ANOTHER_SYSTEM: &str = "203.0.113.1";
const IN_MUNICH: &str = "192.0.3.1";
const IN_PARIS: &str = "192.0.4.1";
const IN_PARIS_V6: &str = "2001:db8:2::1";
const IN_A_VILLAGE: &str = "192.0.5.1";
const PRIVATE: &str = "10.0.0.1";

/// A database of cities and one of systems.
struct Databases {
    folder: Folder,
    places: PlaceDatabase,
}

impl Databases {
    fn new() -> Self {
        let folder = Folder::create().unwrap();
        write_cities(&folder, "DE").unwrap();
        let systems = [("0.0.0.0/0", 64_500), ("203.0.113.0/24", 64_501), ("2000::/3", 64_500)];
        let systems = mmdb("GeoLite2-ASN", systems.map(|(net, number)| (net, asn(number))));
        fs::write(folder.path().join("asn.mmdb"), systems.unwrap()).unwrap();
        let cities = PlaceDatabase::open(folder.path().join("city.mmdb")).unwrap();
        let places = cities.also(folder.path().join("asn.mmdb")).unwrap();
        Self { folder, places }
    }

    /// A shop whose guard asks them.
    fn shop(&self, policy: Policy) -> Shop {
        Shop::with(policy, |guard| {
            let places = self.places.clone();
            guard.places(move |address| places.find(address))
        })
    }
}

fn write_cities(folder: &Folder, of_the_village: &str) -> io::Result<()> {
    let (berlin, paris) = (|| city("DE", 52.5, 13.4), || city("FR", 48.9, 2.4));
    let cities = [
        ("192.0.2.0/24", berlin()),
        ("2001:db8:1::/48", berlin()),
        ("198.51.100.0/24", berlin()),
        ("203.0.113.0/24", berlin()),
        ("192.0.3.0/24", city("DE", 48.1, 11.6)),
        ("192.0.4.0/24", paris()),
        ("2001:db8:2::/48", paris()),
        ("192.0.5.0/24", city(of_the_village, 49.0, 8.2)),
    ];
    fs::write(folder.path().join("city.mmdb"), mmdb("GeoLite2-City", cities).unwrap())
}

/// The same browser at another address.
fn moved(client: &Client, address: &str) -> Client {
    Client { address: address.parse::<IpAddr>().unwrap(), ..client.clone() }
}

/// Alice at home.
async fn alice(shop: &Shop) -> Client {
    let mut alice = moved(&Client::at_home(shop.nodes[0].router.clone()), HOME);
    alice.get("/login/alice").await.says("welcome");
    alice
}

/// The signals that counted in the only event.
fn signals(shop: &Shop) -> Vec<Signal> {
    let events = shop.events();
    let [event] = &events[..] else { panic!("{events:?}") };
    let GuardEventKind::Judged { reasons, .. } = &event.kind else { panic!("{events:?}") };
    reasons.iter().map(|reason| reason.signal).collect()
}

#[tokio::test]
async fn another_country_is_challenged_where_that_is_unusual() {
    let shop = Databases::new().shop(Policy::strict());
    let alice = alice(&shop).await;
    shop.wait(HOUR / 2);
    moved(&alice, IN_MUNICH).get("/cart").await.says("cart");
    shop.wait(HOUR / 2);
    moved(&alice, IN_PARIS).get("/cart").await.refuses(REFUSED, "step_up_required");
    assert!(signals(&shop).contains(&Signal::Country));
}

#[tokio::test]
async fn a_balanced_policy_lets_its_users_travel() {
    let shop = Databases::new().shop(Policy::balanced());
    let alice = alice(&shop).await;
    for address in [IN_PARIS, HOME, IN_PARIS_V6] {
        moved(&alice, address).get("/cart").await.says("cart");
    }
}

/// Munich is 500 km from Berlin.
#[tokio::test]
async fn who_is_faster_than_an_airliner_is_challenged() {
    let travel = Points { slight: 10, clear: 10, stark: 10 };
    let policy = Policy::builder("travel", 10).weight(Signal::Travel, travel).build().unwrap();
    let shop = Databases::new().shop(policy);
    let alice = alice(&shop).await;
    shop.wait(HOUR);
    moved(&alice, IN_MUNICH).get("/cart").await.says("cart");
    shop.wait(HOUR / 2);
    moved(&alice, HOME).get("/cart").await.refuses(REFUSED, "step_up_required");
    assert_eq!(signals(&shop), [Signal::Travel]);
}

#[tokio::test]
async fn another_network_of_the_same_system_is_less_of_a_change() {
    let points = Points { slight: 5, clear: 10, stark: 10 };
    let policy = Policy::builder("network", 10).weight(Signal::Network, points).build().unwrap();
    let shop = Databases::new().shop(policy);
    let alice = alice(&shop).await;
    moved(&alice, IN_BERLIN).get("/cart").await.says("cart");
    moved(&alice, IN_BERLIN_OF_ANOTHER_SYSTEM).get("/cart").await.is(REFUSED);
}

#[tokio::test]
async fn where_an_address_of_ipv6_is_counts_as_well() {
    let shop = Databases::new().shop(Policy::strict());
    let alice = alice(&shop).await;
    moved(&alice, HOME_V6).get("/cart").await.says("cart");
    moved(&alice, IN_PARIS_V6).get("/cart").await.is(REFUSED);
}

#[tokio::test]
async fn an_ipv4_address_that_is_written_as_ipv6_is_where_it_is() {
    let shop = Databases::new().shop(Policy::strict());
    let alice = alice(&shop).await;
    moved(&alice, &format!("::ffff:{IN_PARIS}")).get("/cart").await.is(REFUSED);
    assert_eq!(signals(&shop), [Signal::Country, Signal::Travel, Signal::Network]);
}

#[tokio::test]
async fn a_private_address_is_nowhere_and_no_change() {
    let shop = Databases::new().shop(Policy::strict());
    let alice = alice(&shop).await;
    moved(&alice, PRIVATE).get("/cart").await.says("cart");
    moved(&alice, HOME).get("/cart").await.says("cart");
    assert!(shop.events().is_empty());
}

#[tokio::test]
async fn an_address_that_is_nowhere_does_not_make_the_guard_forget_where_the_user_was() {
    let shop = Databases::new().shop(Policy::strict());
    let alice = alice(&shop).await;
    moved(&alice, PRIVATE).get("/cart").await.says("cart");
    moved(&alice, IN_PARIS).get("/cart").await.is(REFUSED);
    assert!(signals(&shop).contains(&Signal::Country));
}

#[tokio::test]
async fn a_newer_database_counts_from_the_next_request_on() {
    let databases = Databases::new();
    let shop = databases.shop(Policy::strict());
    let [one, other] = [alice(&shop).await, alice(&shop).await];
    moved(&one, IN_A_VILLAGE).get("/cart").await.says("cart");
    write_cities(&databases.folder, "FR").unwrap();
    databases.places.reload().unwrap();
    moved(&other, IN_A_VILLAGE).get("/cart").await.is(REFUSED);
    assert!(signals(&shop).contains(&Signal::Country));
}

#[tokio::test]
async fn a_guest_is_not_looked_up() {
    let shop = Shop::with(Policy::strict(), |guard| guard.places(|_| panic!("nobody asked")));
    Client::at_home(shop.nodes[0].router.clone()).get("/cart").await.says("cart");
}
